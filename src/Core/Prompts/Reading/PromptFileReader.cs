namespace Rlhf.Prompts.Reading;

/// <summary>Reads prompts from a file as a stream, by its extension. A bad line is told and the next one read; nothing is thrown away in silence.</summary>
public static class PromptFileReader
{
    public static IReadOnlyList<string> Extensions { get; } = [".jsonl", ".ndjson", ".json", ".csv", ".txt", ".parquet"];

    /// <exception cref="RlhfException">The file as a whole is unreadable: <c>unknown-format</c>, <c>empty-file</c>, <c>binary-file</c>, <c>no-prompt-column</c>, <c>damaged-file</c>.</exception>
    public static IAsyncEnumerable<PromptLine> ReadAsync(Stream file, string name, CancellationToken cancellation = default) =>
        Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".jsonl" or ".ndjson" => JsonItems.ReadLinesAsync(file, name, cancellation).Select(ToPrompt),
            ".json" => JsonItems.ReadElementsAsync(file, name, cancellation).Select(ToPrompt),
            ".txt" => TextLines.ReadAsync(file, name, cancellation).Select(l => l.Problem is { } problem ? new PromptLine(l.Number, null, problem) : PromptJson.FromText(l.Number, l.Text!, null, null, null)),
            ".csv" => CsvPromptFile.ReadAsync(file, name, cancellation),
            ".parquet" => ParquetPromptFile.ReadAsync(file, name, cancellation),
            var other => throw new RlhfException("unknown-format", $"'{name}' ends in '{other}', which is no prompt file.",
                $"Rename or convert it to one of {string.Join(", ", Extensions)}."),
        };

    private static PromptLine ToPrompt(JsonItem item) => item.Value is { } value ? PromptJson.Parse(item.Line, value) : new(item.Line, null, item.Error);
}
