using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Formats;

/// <summary>Annotators' own answers and preferred ones, for supervised fine-tuning: conversational prompt and completion as TRL reads them, one JSON line each.</summary>
/// <remarks>Format: https://huggingface.co/docs/trl/dataset_formats#prompt-completion.</remarks>
public sealed class SftFormat : IExportFormat
{
    /// <summary>Who wrote an answer that no generator wrote, in the data card.</summary>
    private const string Annotators = "annotators";

    public FormatInfo Info { get; } = new("sft", "SFT examples: own and preferred answers", "application/jsonl", ".jsonl",
        ["Good answers only: what they were preferred to stays behind, and a comparison without an answer that most put first gives none."])
    { HoldsRankings = true };

    public async Task WriteAsync(ExportSource source, Stream output, CancellationToken cancellation)
    {
        var lines = new JsonLineWriter(output);
        await foreach (var ranked in source.RankedAsync(cancellation))
            foreach (var example in SftExamples.Of(ranked.Comparison, ranked.Rankings)) await lines.WriteAsync(Line.Of(example), cancellation);
        await lines.FlushAsync(cancellation);
    }

    public IEnumerable<ExportRow> RowsOf(Campaign campaign, RankedComparison ranked) => SftExamples.Of(ranked.Comparison, ranked.Rankings).Select(e => new ExportRow(e.Split, e.AnnotatorKinds, [WriterOf(e, ranked.Comparison)]));

    private static string WriterOf(SftExample example, Comparison comparison) =>
        example.Source == SftSource.Own ? Annotators : comparison.Answers.First(a => a.Text == example.Answer).Generator;

    private sealed record Line(
        IReadOnlyList<Message> Prompt, IReadOnlyList<Message> Completion, Split Split, double Weight, SftSource Source, IReadOnlyList<AnnotatorKind> AnnotatorKinds, ComparisonId Comparison)
    {
        public static Line Of(SftExample example) => new(
            example.Messages, [new(MessageRole.Assistant, example.Answer)], example.Split, example.Weight, example.Source, example.AnnotatorKinds, example.Comparison);
    }
}
