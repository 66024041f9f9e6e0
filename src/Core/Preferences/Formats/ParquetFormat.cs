using System.Text.Json;
using Parquet;
using Parquet.Schema;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Formats;

/// <summary>Parquet in the shape of TRL's conversational preference data: prompt, chosen and rejected are lists of {role, content}; the other columns are those of the JSON lines.</summary>
public sealed class ParquetFormat : IExportFormat
{
    /// <summary>Pairs of one row group: what is in memory at a time.</summary>
    private const int RowsPerGroup = 2_000;

    private static readonly MessagesColumn Prompt = new("prompt");
    private static readonly MessagesColumn Chosen = new("chosen");
    private static readonly MessagesColumn Rejected = new("rejected");

    private static readonly IReadOnlyList<(DataField Field, Func<PreferencePair, string?> Value)> Texts =
    [
        (new("split", typeof(string)), p => Name(p.Split)),
        (new("annotatorKinds", typeof(string)), p => string.Join(' ', p.AnnotatorKinds.Select(Name))),
        (new("comparison", typeof(string)), p => p.Comparison.Value),
        (new("chosenGenerator", typeof(string)), p => p.ChosenGenerator),
        (new("rejectedGenerator", typeof(string)), p => p.RejectedGenerator),
        (new("chosenFinish", typeof(string)), p => p.FinishReasons is { } f ? Name(f.Chosen) : null),
        (new("rejectedFinish", typeof(string)), p => p.FinishReasons is { } f ? Name(f.Rejected) : null),
    ];

    private static readonly IReadOnlyList<(DataField Field, Func<PreferencePair, double?> Value)> Numbers =
    [
        (new("weight", typeof(double?)), p => p.Weight), (new("preference", typeof(double?)), p => p.Preference), (new("agreement", typeof(double?)), p => p.Agreement),
        (new("margin", typeof(double?)), p => p.Margin), (new("round", typeof(double?)), p => p.Round), (new("rankings", typeof(double?)), p => p.Rankings),
    ];

    public FormatInfo Info { get; } = new("parquet", "Parquet, TRL's conversational columns", "application/vnd.apache.parquet", ".parquet", PairLosses.OfPairs);

    public async Task WriteAsync(ExportSource source, Stream output, CancellationToken cancellation)
    {
        var schema = new ParquetSchema([Prompt.Field, Chosen.Field, Rejected.Field, .. Texts.Select(t => t.Field), .. Numbers.Select(n => n.Field)]);
        await using var blocks = new BlockStream(output);
        await using var writer = await ParquetWriter.CreateAsync(schema, blocks, cancellationToken: cancellation);
        var rows = new List<PreferencePair>(RowsPerGroup);
        await foreach (var pair in source.PairsAsync(cancellation))
        {
            rows.Add(pair);
            if (rows.Count == RowsPerGroup) await WriteGroupAsync(writer, rows, cancellation);
        }
        await WriteGroupAsync(writer, rows, cancellation);
    }

    private static async Task WriteGroupAsync(ParquetWriter writer, List<PreferencePair> rows, CancellationToken cancellation)
    {
        using var group = writer.CreateRowGroup();
        await Prompt.WriteAsync(group, rows.Select(r => r.Messages));
        await Chosen.WriteAsync(group, rows.Select(r => Said(r.Chosen)));
        await Rejected.WriteAsync(group, rows.Select(r => Said(r.Rejected)));
        foreach (var (field, value) in Texts) await group.WriteAsync(field, (string?[])[.. rows.Select(value)]);
        foreach (var (field, value) in Numbers) await group.WriteAsync(field, new ReadOnlyMemory<double?>([.. rows.Select(value)]), cancellationToken: cancellation);
        group.CompleteValidate();
        rows.Clear();
    }

    private static IReadOnlyList<Message> Said(string text) => [new(MessageRole.Assistant, text)];

    private static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>A list of {role, content}: two columns of values, and repetition levels that say where a row begins.</summary>
    private sealed class MessagesColumn
    {
        private readonly DataField role = new("role", typeof(string));
        private readonly DataField content = new("content", typeof(string));

        public MessagesColumn(string name) => Field = new ListField(name, new StructField(ListField.ElementName, role, content));

        public ListField Field { get; }

        public async Task WriteAsync(ParquetRowGroupWriter group, IEnumerable<IReadOnlyList<Message>> rows)
        {
            var all = rows.ToList();
            int[] levels = [.. all.SelectMany(row => row.Select((_, i) => i == 0 ? 0 : 1))];
            await group.WriteAsync(role, (string?[])[.. all.SelectMany(row => row.Select(m => Name(m.Role)))], levels);
            await group.WriteAsync(content, (string?[])[.. all.SelectMany(row => row.Select(m => m.Content))], levels);
        }
    }
}
