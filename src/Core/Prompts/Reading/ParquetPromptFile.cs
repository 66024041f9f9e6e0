using System.Runtime.CompilerServices;
using Parquet;
using Parquet.Schema;

namespace Rlhf.Prompts.Reading;

/// <summary>A .parquet file with a text column <c>prompt</c> (or <c>text</c>), optional <c>group</c> and <c>split</c>. Rows are numbered from 1.</summary>
internal static class ParquetPromptFile
{
    /// <summary>What the library calls a column of text, in a schema it read and in one it was given.</summary>
    private static readonly Type[] TextTypes = [typeof(string), typeof(ReadOnlyMemory<char>)];

    public static async IAsyncEnumerable<PromptLine> ReadAsync(Stream file, string name, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // The format is read from its end; a blob stream may not go there.
        await using var seekable = await ParquetFile.CopyAsync(file, name, cancellation);
        await using var reader = await ParquetFile.OpenAsync(seekable, name, cancellation);
        var prompts = Column(reader, "prompt") ?? Column(reader, "text")
            ?? throw new RlhfException("no-prompt-column", $"'{name}' has the columns {string.Join(", ", reader.Schema.Fields.Select(f => $"'{f.Name}'"))}, but no text column 'prompt'.",
                "Name the text column that holds the prompts 'prompt' (or 'text').");
        var (groups, splits) = (Column(reader, "group"), Column(reader, "split"));
        var number = 0L;
        for (var i = 0; i < reader.RowGroupCount; i++)
        {
            using var rows = reader.OpenRowGroupReader(i);
            var texts = await ReadColumnAsync(rows, prompts, cancellation);
            var group = groups is null ? null : await ReadColumnAsync(rows, groups, cancellation);
            var split = splits is null ? null : await ReadColumnAsync(rows, splits, cancellation);
            for (var row = 0; row < texts.Length; row++)
                yield return PromptJson.FromText(++number, texts[row] ?? "", group?[row], split?[row], null);
        }
    }

    private static DataField? Column(ParquetReader reader, string name) =>
        reader.Schema.Fields.OfType<DataField>().FirstOrDefault(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && TextTypes.Contains(f.ClrType) && !f.IsArray);

    private static async Task<string?[]> ReadColumnAsync(ParquetRowGroupReader rows, DataField column, CancellationToken cancellation)
    {
        var values = new string?[rows.RowCount];
        await rows.ReadAsync(column, values.AsMemory(), cancellationToken: cancellation);
        return values;
    }
}
