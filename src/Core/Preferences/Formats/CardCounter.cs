using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Labeling.Agreement;

namespace Rlhf.Preferences.Formats;

/// <summary>Counts a campaign's rankings by its rule, batch by batch: which of them count, and how far those agree.</summary>
internal sealed class CardCounter(PairOptions rule)
{
    private readonly Dictionary<AnnotatorKind, int> counted = [];
    private readonly Dictionary<AnnotatorKind, int> otherKinds = [];
    private readonly Dictionary<AnnotatorKind, int> leftOut = [];
    private readonly Dictionary<AnnotatorKind, int> imported = [];
    private BatchCounts votes = BatchCounts.Empty;
    private AgreementSums sums = AgreementSums.Empty;
    private int ties, bothBad, skips;

    public CardRankings Rankings => new(counted, otherKinds, leftOut, imported, ties, bothBad, skips);

    public CardAgreement Agreement => new(votes.Agreement, sums.Alpha);

    /// <param name="comparisons">Those of the batch as they are asked now, where several annotators ranked any: agreement is of what was asked for beforehand.</param>
    /// <param name="rankings">All of the batch.</param>
    public void Add(Batch batch, IReadOnlyList<Comparison> comparisons, IReadOnlyList<Ranking> rankings)
    {
        var said = rankings.Where(r => !r.Extra).ToList();
        skips += said.Count(r => r.Outcome == RankingOutcome.Skip);
        var judged = said.Where(r => r.Outcome != RankingOutcome.Skip).ToList();
        var counting = judged.Where(r => PairRules.Counts(r, rule) && !rule.LeftOut.Contains(r.Comparison)).ToList();
        Count(counted, counting);
        Count(otherKinds, judged.Where(r => !rule.TrainOn.Contains(r.AnnotatorKind)));
        Count(leftOut, judged.Where(r => rule.TrainOn.Contains(r.AnnotatorKind)).Except(counting));
        if (batch.Import is not null) Count(imported, judged);
        ties += counting.Count(r => r.Outcome == RankingOutcome.Ranked && r.Tiers.Count == 1);
        bothBad += counting.Count(r => r.Outcome == RankingOutcome.BothBad);
        AddAgreement(comparisons, [.. FirstAsked.Of(comparisons, rankings).Intersect(counting)]);
    }

    /// <param name="first">Asked for beforehand, and counting: none of them is left out again.</param>
    private void AddAgreement(IReadOnlyList<Comparison> comparisons, IReadOnlyList<Ranking> first)
    {
        IReadOnlyList<Comparison> all = [.. comparisons.Select(c => c with { Shared = int.MaxValue, LeftOut = [] })];
        votes += BatchCounts.Of(all, first);
        sums += AgreementSums.Of(all, first);
    }

    private static void Count(Dictionary<AnnotatorKind, int> counts, IEnumerable<Ranking> rankings)
    {
        foreach (var ranking in rankings) counts[ranking.AnnotatorKind] = counts.GetValueOrDefault(ranking.AnnotatorKind) + 1;
    }
}
