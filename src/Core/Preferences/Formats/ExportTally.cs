using Rlhf.Labeling;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Formats;

/// <summary>Counts what an export writes, so that its data card says what is in the file and not what is in the campaign.</summary>
public sealed class ExportTally
{
    private readonly Dictionary<Split, int> splits = [];
    private readonly Dictionary<AnnotatorKind, int> kinds = [];
    private readonly Dictionary<string, int> generators = [];

    /// <summary>Rows of the file.</summary>
    public IReadOnlyDictionary<Split, int> Splits => splits;

    /// <summary>Those with at least one ranking of the kind.</summary>
    public IReadOnlyDictionary<AnnotatorKind, int> Kinds => kinds;

    /// <summary>Answers in them, by who wrote them.</summary>
    public IReadOnlyDictionary<string, int> Generators => generators;

    /// <summary>Pairs of even votes that the format has no place for.</summary>
    public int Even { get; internal set; }

    public int All => splits.Values.Sum();

    internal void Add(ExportRow row)
    {
        Count(splits, row.Split);
        foreach (var kind in row.Kinds) Count(kinds, kind);
        foreach (var generator in row.Generators) Count(generators, generator);
    }

    private static void Count<T>(Dictionary<T, int> counts, T value) where T : notnull => counts[value] = counts.GetValueOrDefault(value) + 1;
}
