using Rlhf.Labeling.Agreement;

namespace Rlhf.Labeling;

/// <summary>What a batch, or several together, came to. Extra rankings count for nothing here.</summary>
/// <param name="Comparisons">All of them, open ones included.</param>
/// <param name="Rankings">By kind of annotator, ties and bothBad included, skips not.</param>
/// <param name="AgreeingVotes">Of the pairs of annotators who were asked for the same comparison beforehand: how many named the same best answers (or agreed that none is).</param>
/// <param name="ComparedVotes">Pairs of annotators who were asked for the same comparison beforehand (<see cref="FirstAsked"/>).</param>
public sealed record BatchCounts(
    int Comparisons, int Complete, int ClosedBySkips, IReadOnlyDictionary<AnnotatorKind, int> Rankings,
    int Ties, int BothBad, int Skips, int AgreeingVotes, int ComparedVotes)
{
    public static BatchCounts Empty { get; } = new(0, 0, 0, new Dictionary<AnnotatorKind, int>(), 0, 0, 0, 0, 0);

    /// <summary>Comparisons that had all their rankings, and none since annotators were left out.</summary>
    public int Lost { get; init; }

    public int Open => Comparisons - Complete - ClosedBySkips;

    public int AllRankings => Rankings.Values.Sum();

    /// <summary>Raw agreement 0..1, or null where nobody ranked the same comparison as somebody else.</summary>
    public double? Agreement => ComparedVotes == 0 ? null : (double)AgreeingVotes / ComparedVotes;

    public static BatchCounts Of(IReadOnlyList<Comparison> comparisons, IReadOnlyList<Ranking> rankings)
    {
        var progress = BatchProgress.Of(comparisons, rankings);
        var counted = rankings.Where(RatedValue.Counts).ToList();
        var (agreeing, compared) = CountAgreement(FirstAsked.Of(comparisons, rankings));
        return new(
            progress.Total, progress.Complete, progress.ClosedBySkips,
            counted.GroupBy(r => r.AnnotatorKind).ToDictionary(g => g.Key, g => g.Count()),
            counted.Count(IsTie), counted.Count(r => r.Outcome == RankingOutcome.BothBad), progress.Comparisons.Sum(c => c.Skips), agreeing, compared)
        {
            Lost = LostOf(comparisons, rankings, progress),
        };
    }

    public static BatchCounts operator +(BatchCounts a, BatchCounts b) => new(
        a.Comparisons + b.Comparisons, a.Complete + b.Complete, a.ClosedBySkips + b.ClosedBySkips,
        a.Rankings.Concat(b.Rankings).GroupBy(p => p.Key).ToDictionary(g => g.Key, g => g.Sum(p => p.Value)),
        a.Ties + b.Ties, a.BothBad + b.BothBad, a.Skips + b.Skips, a.AgreeingVotes + b.AgreeingVotes, a.ComparedVotes + b.ComparedVotes)
    {
        Lost = a.Lost + b.Lost,
    };

    private static int LostOf(IReadOnlyList<Comparison> comparisons, IReadOnlyList<Ranking> rankings, BatchProgress progress)
    {
        if (comparisons.All(c => c.LeftOut.Count == 0)) return 0;
        var before = BatchProgress.Of(comparisons.Select(c => c with { LeftOut = [] }), rankings);
        return progress.Comparisons.Zip(before.Comparisons).Count(c => c is { First: { State: ComparisonState.Open, Rankings: 0 }, Second.State: ComparisonState.Complete });
    }

    private static bool IsTie(Ranking ranking) => ranking.Outcome == RankingOutcome.Ranked && ranking.Tiers.Count == 1;

    private static (int Agreeing, int Compared) CountAgreement(IEnumerable<Ranking> rankings)
    {
        var (agreeing, compared) = (0, 0);
        foreach (var votes in rankings.GroupBy(r => r.Comparison, RatedValue.WinnerOf))
        {
            var all = votes.ToList();
            compared += all.Count * (all.Count - 1) / 2;
            agreeing += all.GroupBy(v => v).Sum(g => g.Count() * (g.Count() - 1) / 2);
        }
        return (agreeing, compared);
    }
}
