namespace Rlhf.Labeling;

public enum ComparisonState
{
    Open,

    /// <summary>Has rankings of as many annotators as it is asked of, and a majority or as many as may be asked.</summary>
    Complete,

    /// <summary>Skipped too often; nobody is asked any more.</summary>
    ClosedBySkips,
}

/// <param name="Rankings">Those that count: <see cref="RankingOutcome.Ranked"/> or <see cref="RankingOutcome.BothBad"/>, not extra, of nobody who is left out.</param>
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
        var counted = new List<Ranking>();
        var skips = 0;
        foreach (var ranking in rankings)
        {
            if (ranking.Extra || comparison.LeftOut.Contains(ranking.Annotator)) continue;
            if (ranking.Outcome == RankingOutcome.Skip) skips++;
            else counted.Add(ranking);
        }
        return new(comparison.Id, StateOf(comparison, counted, skips), counted.Count, skips);
    }

    /// <summary>Those of the comparison that fill its places.</summary>
    public static IReadOnlyList<Ranking> Counted(Comparison comparison, IEnumerable<Ranking> rankings) =>
        [.. rankings.Where(r => r.Comparison == comparison.Id && r is { Extra: false, Outcome: not RankingOutcome.Skip } && !comparison.LeftOut.Contains(r.Annotator))];

    /// <summary>Annotators it is asked of after these rankings: one more while none of them has a majority and more may be asked.</summary>
    public static int Asked(Comparison comparison, IReadOnlyCollection<Ranking> counted) =>
        counted.Count >= comparison.Overlap && counted.Count < comparison.Most && Majority.IsMissing(counted) ? counted.Count + 1 : comparison.Overlap;

    private static ComparisonState StateOf(Comparison comparison, List<Ranking> counted, int skips) =>
        counted.Count >= Asked(comparison, counted) ? ComparisonState.Complete
        : skips >= SkipsToClose ? ComparisonState.ClosedBySkips
        : ComparisonState.Open;
}
