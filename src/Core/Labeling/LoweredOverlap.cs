namespace Rlhf.Labeling;

/// <summary>A campaign's overlap can be lowered, and its comparisons stay as they were published: the lower of the two holds.</summary>
public static class LoweredOverlap
{
    public static Comparison AtMost(this Comparison comparison, int overlap) => comparison.Overlap <= overlap ? comparison : comparison with { Overlap = overlap };

    public static IReadOnlyList<Comparison> AtMost(this IReadOnlyList<Comparison> comparisons, int overlap) =>
        comparisons.All(c => c.Overlap <= overlap) ? comparisons : [.. comparisons.Select(c => c.AtMost(overlap))];
}
