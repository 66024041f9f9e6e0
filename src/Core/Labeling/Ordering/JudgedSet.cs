namespace Rlhf.Labeling.Ordering;

/// <summary>How much heads learn from. An example is as many numbers as a feature is wide, and nine answers are 36 examples, so comparisons alone bound no memory.</summary>
/// <param name="Comparisons">The most.</param>
/// <param name="Numbers">Of all examples together: 32 million are 128 MB, and as much again while heads are fitted.</param>
/// <param name="Fewest">Comparisons that are taken however wide they are.</param>
public sealed record JudgedLimits(int Comparisons = 5_000, long Numbers = 32_000_000, int Fewest = ComparisonOrdering.FewestJudged);

/// <summary>Judged comparisons, the newest first, as many as there is room for.</summary>
public sealed class JudgedSet(JudgedLimits limits)
{
    private readonly List<IReadOnlyList<HeadExample>> comparisons = [];
    private long numbers;

    public IReadOnlyList<IReadOnlyList<HeadExample>> Comparisons => comparisons;

    public bool IsFull => comparisons.Count >= limits.Comparisons || (numbers >= limits.Numbers && comparisons.Count >= limits.Fewest);

    /// <summary>Those that there is room for; the rest is not even made.</summary>
    public void Add(IEnumerable<IReadOnlyList<HeadExample>> more)
    {
        foreach (var examples in more)
        {
            if (IsFull) return;
            comparisons.Add(examples);
            numbers += examples.Sum(e => (long)e.Difference.Length);
        }
    }
}
