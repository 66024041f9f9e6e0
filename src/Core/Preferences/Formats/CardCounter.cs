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

    public void Add(Batch batch, IReadOnlyList<Ranking> rankings)
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
        votes += BatchCounts.Of([], counting);
        sums += AgreementSums.Of(counting);
    }

    private static void Count(Dictionary<AnnotatorKind, int> counts, IEnumerable<Ranking> rankings)
    {
        foreach (var ranking in rankings) counts[ranking.AnnotatorKind] = counts.GetValueOrDefault(ranking.AnnotatorKind) + 1;
    }
}
