namespace Rlhf.Labeling;

public enum ComparisonState
{
    Open,

    /// <summary>Has rankings of as many annotators as its overlap asks for.</summary>
    Complete,

    /// <summary>Skipped too often; nobody is asked any more.</summary>
    ClosedBySkips,
}

/// <param name="Rankings">Those that count: <see cref="RankingOutcome.Ranked"/> or <see cref="RankingOutcome.BothBad"/>, not extra.</param>
public sealed record ComparisonProgress(ComparisonId Comparison, ComparisonState State, int Rankings, int Skips);

/// <summary>How far a batch is, derived from its comparisons and its rankings alone.</summary>
public sealed record BatchProgress(IReadOnlyList<ComparisonProgress> Comparisons)
{
    /// <summary>Skips after which a comparison closes.</summary>
    public const int SkipsToClose = 3;

    public int Total => Comparisons.Count;

    public int Complete => Comparisons.Count(c => c.State == ComparisonState.Complete);

    public int ClosedBySkips => Comparisons.Count(c => c.State == ComparisonState.ClosedBySkips);

    public int Open => Comparisons.Count(c => c.State == ComparisonState.Open);

    /// <summary>Rankings that count.</summary>
    public int Rankings => Comparisons.Sum(c => c.Rankings);

    public bool IsDone => Open == 0;

    /// <summary>Rankings of comparisons that are not in the batch are left out.</summary>
    public static BatchProgress Of(IEnumerable<Comparison> comparisons, IEnumerable<Ranking> rankings)
    {
        var byComparison = rankings.Where(r => !r.Extra).ToLookup(r => r.Comparison);
        return new([.. comparisons.Select(c => Of(c, byComparison[c.Id]))]);
    }

    public static ComparisonProgress Of(Comparison comparison, IEnumerable<Ranking> rankings)
    {
        var counted = 0;
        var skips = 0;
        foreach (var ranking in rankings)
        {
            if (ranking.Extra) continue;
            if (ranking.Outcome == RankingOutcome.Skip) skips++;
            else counted++;
        }
        return new(comparison.Id, StateOf(comparison.Overlap, counted, skips), counted, skips);
    }

    private static ComparisonState StateOf(int overlap, int rankings, int skips) =>
        rankings >= overlap ? ComparisonState.Complete
        : skips >= SkipsToClose ? ComparisonState.ClosedBySkips
        : ComparisonState.Open;
}
