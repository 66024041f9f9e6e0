using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Rlhf.Prompts.Reading;

/// <summary>Prompts of a .csv file: column <c>prompt</c> (or <c>text</c>, <c>message</c>), optional <c>group</c> and <c>split</c>; all others become metadata.</summary>
internal static class CsvPromptFile
{
    private static readonly string[] PromptColumns = ["prompt", "text", "message"];

    public static async IAsyncEnumerable<PromptLine> ReadAsync(Stream file, string name, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var rows = await CsvRows.OpenAsync(file, name, cancellation);
        var columns = Columns.Of(rows.Headers, name);
        await foreach (var row in rows.ReadAsync(cancellation)) yield return row.Fields is { } fields ? columns.Read(row.Line, fields) : new(row.Line, null, row.Error);
    }

    private sealed record Columns(int Prompt, int? Group, int? Split, IReadOnlyList<(string Name, int Index)> Others)
    {
        public static Columns Of(IReadOnlyList<string> headers, string file)
        {
            var names = headers.Select(h => h.ToLowerInvariant()).ToList();
            var prompt = PromptColumns.Select(c => names.IndexOf(c)).FirstOrDefault(i => i >= 0, -1);
            if (prompt < 0)
                throw new RlhfException("no-prompt-column", $"'{file}' has the columns {string.Join(", ", names.Take(10).Select(h => $"'{h}'"))}, but none called 'prompt'.",
                    "Let the first line name the columns, and the one that holds the prompts 'prompt' (or 'text').");
            var (group, split) = (names.IndexOf("group"), names.IndexOf("split"));
            return new(prompt, group < 0 ? null : group, split < 0 ? null : split,
                [.. names.Select((name, index) => (name, index)).Where(c => c.index != prompt && c.index != group && c.index != split && c.name.Length > 0)]);
        }

        public PromptLine Read(long line, IReadOnlyList<string> fields)
        {
            var metadata = new JsonObject();
            foreach (var (name, index) in Others)
                if (Field(fields, index) is { Length: > 0 } value) metadata[name] = value;
            return PromptJson.FromText(line, Field(fields, Prompt) ?? "", Filled(fields, Group), Filled(fields, Split), metadata.Count > 0 ? metadata : null);
        }

        private static string? Filled(IReadOnlyList<string> fields, int? index) => index is { } i && Field(fields, i) is { Length: > 0 } value ? value : null;

        private static string? Field(IReadOnlyList<string> fields, int index) => index < fields.Count ? fields[index] : null;
    }
}
