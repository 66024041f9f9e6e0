using Rlhf.Labeling;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Formats;

/// <summary>Counts what an export writes, so that its data card says what is in the file and not what is in the campaign.</summary>
public sealed class ExportTally
{
    private readonly Dictionary<Split, int> splits = [];
    private readonly Dictionary<AnnotatorKind, int> kinds = [];
    private readonly Dictionary<string, int> generators = [];

    /// <summary>Pairs, or ranked comparisons where the format holds rankings.</summary>
    public IReadOnlyDictionary<Split, int> Splits => splits;

    /// <summary>Those with at least one ranking of the kind.</summary>
    public IReadOnlyDictionary<AnnotatorKind, int> Kinds => kinds;

    /// <summary>Answers in them, by who wrote them.</summary>
    public IReadOnlyDictionary<string, int> Generators => generators;

    /// <summary>Pairs of even votes that the format has no place for.</summary>
    public int Even { get; internal set; }

    public int All => splits.Values.Sum();

    internal void Add(PreferencePair pair)
    {
        Count(splits, pair.Split);
        foreach (var kind in pair.AnnotatorKinds) Count(kinds, kind);
        Count(generators, pair.ChosenGenerator ?? "unknown");
        Count(generators, pair.RejectedGenerator ?? "unknown");
    }

    internal void Add(RankedComparison ranked)
    {
        Count(splits, ranked.Comparison.Prompt.Split);
        foreach (var kind in ranked.Rankings.Select(r => r.AnnotatorKind).Distinct()) Count(kinds, kind);
        foreach (var answer in ranked.Comparison.Answers) Count(generators, answer.Generator);
    }

    private static void Count<T>(Dictionary<T, int> counts, T value) where T : notnull => counts[value] = counts.GetValueOrDefault(value) + 1;
}
