using Rlhf.Labeling;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Formats;

/// <summary>One row of a file, as its data card counts it.</summary>
/// <param name="Generators">Of the answers in it.</param>
public sealed record ExportRow(Split Split, IReadOnlyList<AnnotatorKind> Kinds, IReadOnlyList<string> Generators)
{
    private const string Unknown = "unknown";

    /// <summary>A format whose rows are pairs.</summary>
    internal static ExportRow Of(PreferencePair pair) => new(pair.Split, pair.AnnotatorKinds, [pair.ChosenGenerator ?? Unknown, pair.RejectedGenerator ?? Unknown]);

    /// <summary>A row for the comparison with all of its rankings.</summary>
    internal static ExportRow Of(RankedComparison ranked) =>
        new(ranked.Comparison.Prompt.Split, [.. ranked.Rankings.Select(r => r.AnnotatorKind).Distinct()], [.. ranked.Comparison.Answers.Select(a => a.Generator)]);

    /// <summary>A row for each ranking of the comparison.</summary>
    internal static IEnumerable<ExportRow> OfEachRanking(RankedComparison ranked) => ranked.Rankings.Select(r => Of(ranked with { Rankings = [r] }));
}
