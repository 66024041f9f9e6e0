using System.Globalization;
using System.Text.Json;
using CsvHelper;
using Rlhf.Json;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Formats;

/// <summary>One row a pair, for spreadsheets and statistics: a cell that a spreadsheet would take for a formula begins with an apostrophe, which reading back takes away.</summary>
public sealed class CsvFormat : IExportFormat
{
    private static readonly string[] Columns =
    [
        "prompt", "messages", "chosen", "rejected", "split", "weight", "preference", "agreement", "annotatorKinds", "comparison", "round", "rankings", "margin",
        "chosenGenerator", "rejectedGenerator", "chosenFinish", "rejectedFinish",
    ];

    // Every field in quotes: an empty one is told from a missing one, and line breaks are safe. The mark at the beginning is how a spreadsheet knows UTF-8.
    private static readonly CsvWriterOptions Options = new() { Quoting = CsvQuoting.Always, WriteByteOrderMark = true };

    public FormatInfo Info { get; } = new("csv", "CSV for spreadsheets", "text/csv", ".csv",
        [PairLosses.Even, PairLosses.ManyAnswers, PairLosses.Votes, "A prompt of one user message is its text; any other is JSON in the column 'messages'. Cells that look like formulas begin with an apostrophe."])
    { HoldsEven = true };

    public async Task WriteAsync(ExportSource source, Stream output, CancellationToken cancellation)
    {
        await using var csv = CsvWriter.Create(output, Options, leaveOpen: true);
        await csv.WriteRecordAsync(Columns, cancellation);
        await foreach (var pair in source.PairsAsync(cancellation)) await csv.WriteRecordAsync([.. FieldsOf(pair).Select(f => FormulaCells.Harmless(f ?? ""))], cancellation);
        await csv.FlushAsync(cancellation);
    }

    private static IEnumerable<string?> FieldsOf(PreferencePair pair)
    {
        var isPlain = pair.Messages is [{ Role: MessageRole.User }];
        return
        [
            isPlain ? pair.Messages[0].Content : "", isPlain ? "" : JsonSerializer.Serialize(pair.Messages, RlhfJson.Options), pair.Chosen, pair.Rejected,
            Name(pair.Split), Number(pair.Weight), Number(pair.Preference), Number(pair.Agreement), string.Join(' ', pair.AnnotatorKinds.Select(Name)), pair.Comparison.Value,
            Number(pair.Round), Number(pair.Rankings), Number(pair.Margin), pair.ChosenGenerator, pair.RejectedGenerator,
            pair.FinishReasons is { } c ? Name(c.Chosen) : null, pair.FinishReasons is { } r ? Name(r.Rejected) : null,
        ];
    }

    private static string? Number(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture);

    private static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
