using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using CsvHelper;

namespace Rlhf.Prompts.Reading;

/// <summary>A .csv file with a header, separated by comma, semicolon or tab: column <c>prompt</c> (or <c>text</c>, <c>message</c>), optional <c>group</c> and
/// <c>split</c>; all others become metadata. Rows are named by their line in the file.</summary>
internal static class CsvPromptFile
{
    private const int HeaderProbe = 4096;
    private static readonly string[] PromptColumns = ["prompt", "text", "message"];
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static async IAsyncEnumerable<PromptLine> ReadAsync(Stream file, string name, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var text = await TextFile.OpenUtf8Async(file, name, cancellation);
        var (separator, utf8) = await ProbeAsync(text, cancellation);
        var malformed = new Queue<PromptLine>();
        await using var csv = CsvReader.Create(utf8, Options(separator, malformed), leaveOpen: true);
        var columns = Columns.Of(csv, name);
        while (true)
        {
            var (line, isEnd) = await NextAsync(csv, columns, cancellation);
            while (malformed.TryDequeue(out var bad)) yield return bad;
            if (line is not null) yield return line;
            if (isEnd) break;
        }
    }

    private static CsvReaderOptions Options(byte separator, Queue<PromptLine> malformed) => new()
    {
        Separator = (char)separator,
        HasHeader = true,
        MaxRecordSize = LineReader.MaximumLine,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Skip,
        OnMalformedRecord = record => malformed.Enqueue(PromptLine.Bad(record.LineNumber, "invalid-csv", $"The row is broken: {record.Reason}.",
            "Put a field that holds quotes, separators or line breaks in quotes, and double the quotes inside.")),
    };

    /// <summary>The separator that the header uses most.</summary>
    private static async Task<(byte Separator, Stream Utf8)> ProbeAsync(Stream text, CancellationToken cancellation)
    {
        var head = new byte[HeaderProbe];
        var length = await text.ReadAtLeastAsync(head, HeaderProbe, throwOnEndOfStream: false, cancellation);
        var end = Array.IndexOf(head, (byte)'\n', 0, length);
        var separator = ",;\t"u8.ToArray().MaxBy(s => head.AsSpan(0, end < 0 ? length : end).Count(s));
        return (separator, new PrefixedStream(head.AsMemory(0, length), text));
    }

    /// <returns>The next row's prompt or error, and whether reading ends here.</returns>
    private static async Task<(PromptLine? Line, bool IsEnd)> NextAsync(CsvReader csv, Columns columns, CancellationToken cancellation)
    {
        try
        {
            if (!await csv.ReadAsync(cancellation)) return (null, true);
            return (columns.Read(csv), false);
        }
        catch (DecoderFallbackException)
        {
            return (PromptLine.Bad(csv.LineNumber, "invalid-utf8", "The row is not UTF-8.", "Save the file as UTF-8 (in Excel: 'CSV UTF-8')."), false);
        }
        catch (CsvFormatException e)
        {
            return (PromptLine.Bad(e.LineNumber, "invalid-csv", $"Reading ends here: {e.Message}",
                $"Keep each row to {LineReader.MaximumLine} bytes, and look for a quote that is never closed."), true);
        }
    }

    private sealed record Columns(int Prompt, int? Group, int? Split, IReadOnlyList<(string Name, int Index)> Others)
    {
        public static Columns Of(CsvReader csv, string file)
        {
            var names = csv.Headers.Select(h => h.Trim().ToLowerInvariant()).ToList();
            var prompt = PromptColumns.Select(c => names.IndexOf(c)).FirstOrDefault(i => i >= 0, -1);
            if (prompt < 0)
                throw new RlhfException("no-prompt-column", $"'{file}' has the columns {string.Join(", ", names.Take(10).Select(h => $"'{h}'"))}, but none called 'prompt'.",
                    "Let the first line name the columns, and the one that holds the prompts 'prompt' (or 'text').");
            var (group, split) = (names.IndexOf("group"), names.IndexOf("split"));
            return new(prompt, group < 0 ? null : group, split < 0 ? null : split,
                [.. names.Select((name, index) => (name, index)).Where(c => c.index != prompt && c.index != group && c.index != split && c.name.Length > 0)]);
        }

        /// <exception cref="DecoderFallbackException">A field is not UTF-8.</exception>
        public PromptLine Read(CsvReader csv)
        {
            var metadata = new JsonObject();
            foreach (var (name, index) in Others)
                if (Field(csv, index) is { Length: > 0 } value) metadata[name] = value;
            return PromptJson.FromText(csv.LineNumber, Field(csv, Prompt) ?? "", Filled(csv, Group), Filled(csv, Split), metadata.Count > 0 ? metadata : null);
        }

        private static string? Filled(CsvReader csv, int? index) => index is { } i && Field(csv, i) is { Length: > 0 } value ? value : null;

        private static string? Field(CsvReader csv, int index) => index < csv.FieldCount ? Strict.GetString(csv.GetSpan(index)) : null;
    }
}
