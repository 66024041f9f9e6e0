using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Parquet.Serialization;
using Rlhf.Preferences.Formats;
using Rlhf.Prompts.Reading;

namespace Rlhf.Preferences.Imports;

/// <summary>The values of a file, by its extension: JSON lines, the elements of a JSON array, CSV rows and Parquet rows as objects.</summary>
internal static class ItemFile
{
    public static IReadOnlyList<string> Extensions { get; } = [".jsonl", ".ndjson", ".json", ".csv", ".parquet"];

    public static bool CanRead(string name) => Extensions.Contains(Path.GetExtension(name).ToLowerInvariant());

    /// <exception cref="RlhfException">The file as a whole is unreadable: <c>unknown-format</c>, <c>empty-file</c>, <c>binary-file</c>, <c>damaged-file</c>.</exception>
    public static IAsyncEnumerable<JsonItem> ReadAsync(Stream file, string name, CancellationToken cancellation = default) => Path.GetExtension(name).ToLowerInvariant() switch
    {
        ".jsonl" or ".ndjson" => JsonItems.ReadLinesAsync(file, name, cancellation),
        ".json" => JsonItems.ReadElementsAsync(file, name, cancellation),
        ".csv" => ReadCsvAsync(file, name, cancellation),
        ".parquet" => ReadParquetAsync(file, name, cancellation),
        var other => throw new RlhfException("unknown-format", $"'{name}' ends in '{other}', which is no file of labels.", $"Rename or convert it to one of {string.Join(", ", Extensions)}."),
    };

    private static async IAsyncEnumerable<JsonItem> ReadCsvAsync(Stream file, string name, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var rows = await CsvRows.OpenAsync(file, name, cancellation);
        var headers = rows.Headers;
        await foreach (var row in rows.ReadAsync(cancellation))
        {
            if (row.Fields is not { } fields)
            {
                yield return new(row.Line, null, row.Error);
                continue;
            }
            var value = new JsonObject();
            for (var i = 0; i < Math.Min(headers.Count, fields.Count); i++) value[headers[i]] = FormulaCells.Restore(fields[i]);
            yield return JsonItem.Good(row.Line, JsonSerializer.SerializeToElement(value));
        }
    }

    /// <summary>A row group at a time in memory.</summary>
    private static async IAsyncEnumerable<JsonItem> ReadParquetAsync(Stream file, string name, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var copy = await ParquetFile.CopyAsync(file, name, cancellation);
        int groups;
        await using (var reader = await ParquetFile.OpenAsync(copy, name, cancellation)) groups = reader.RowGroupCount;
        var number = 0L;
        for (var group = 0; group < groups; group++)
        {
            copy.Position = 0;
            var rows = await ParquetSerializer.DeserializeUntypedAsync(copy, rowGroupIndex: group, cancellationToken: cancellation);
            foreach (var row in rows.Data) yield return JsonItem.Good(++number, JsonSerializer.SerializeToElement(ToJson(row)));
        }
    }

    private static JsonNode? ToJson(object? value) => value switch
    {
        null => null,
        string text => JsonValue.Create(text),
        ReadOnlyMemory<char> text => JsonValue.Create(text.ToString()),
        bool flag => JsonValue.Create(flag),
        IDictionary<string, object> members => new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, ToJson(m.Value)))),
        IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(ToJson)]),
        IFormattable number => JsonValue.Create(number.ToString(null, System.Globalization.CultureInfo.InvariantCulture)),
        _ => JsonValue.Create(value.ToString()),
    };
}
