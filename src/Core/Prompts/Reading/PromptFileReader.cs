using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Rlhf.Prompts.Reading;

/// <summary>Reads prompts from a file as a stream, by its extension. A bad line is told and the next one read; nothing is thrown away in silence.</summary>
public static class PromptFileReader
{
    public static IReadOnlyList<string> Extensions { get; } = [".jsonl", ".ndjson", ".json", ".csv", ".txt", ".parquet"];

    /// <exception cref="RlhfException">The file as a whole is unreadable: <c>unknown-format</c>, <c>empty-file</c>, <c>binary-file</c>, <c>no-prompt-column</c>, <c>damaged-file</c>.</exception>
    public static IAsyncEnumerable<PromptLine> ReadAsync(Stream file, string name, CancellationToken cancellation = default) =>
        Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".jsonl" or ".ndjson" => ReadJsonLinesAsync(file, name, cancellation),
            ".txt" => ReadTextAsync(file, name, cancellation),
            ".json" => JsonPromptFile.ReadAsync(file, name, cancellation),
            ".csv" => CsvPromptFile.ReadAsync(file, name, cancellation),
            ".parquet" => ParquetPromptFile.ReadAsync(file, name, cancellation),
            var other => throw new RlhfException("unknown-format", $"'{name}' ends in '{other}', which is no prompt file.",
                $"Rename or convert it to one of {string.Join(", ", Extensions)}."),
        };

    private static IAsyncEnumerable<PromptLine> ReadJsonLinesAsync(Stream file, string name, CancellationToken cancellation) =>
        ReadLinesAsync(file, name, ParseJsonLine, cancellation);

    private static IAsyncEnumerable<PromptLine> ReadTextAsync(Stream file, string name, CancellationToken cancellation) =>
        ReadLinesAsync(file, name, (number, text) => PromptJson.FromText(number, text, null, null, null), cancellation);

    private static PromptLine ParseJsonLine(long number, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return PromptJson.Parse(number, document.RootElement.Clone());
        }
        catch (JsonException e)
        {
            return PromptLine.Bad(number, "invalid-json", $"The line is no JSON: it breaks at byte {e.BytePositionInLine + 1}.", "Write one JSON value a line.");
        }
    }

    /// <summary>Blank lines are passed over. Bytes that are no UTF-16, where the file said it is, end the reading with an error.</summary>
    private static async IAsyncEnumerable<PromptLine> ReadLinesAsync(
        Stream file, string name, Func<long, string, PromptLine> parse, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var utf8 = await TextFile.OpenUtf8Async(file, name, cancellation);
        await using var lines = LineReader.ReadAsync(utf8, cancellation).GetAsyncEnumerator(cancellation);
        var number = 0L;
        while (true)
        {
            PromptLine? broken = null;
            try
            {
                if (!await lines.MoveNextAsync()) break;
            }
            catch (DecoderFallbackException)
            {
                broken = PromptLine.Bad(number + 1, "invalid-utf16", "The bytes from here on are not UTF-16.", "Save the file as UTF-8.");
            }
            if (broken is not null)
            {
                yield return broken;
                break;
            }
            number = lines.Current.Number;
            if (lines.Current.Problem is { } problem) yield return new(number, null, problem);
            else if (!string.IsNullOrWhiteSpace(lines.Current.Text)) yield return parse(number, lines.Current.Text);
        }
    }
}
