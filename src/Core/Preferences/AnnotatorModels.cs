using Rlhf.Campaigns;
using Rlhf.Labeling;

namespace Rlhf.Preferences;

/// <summary>Estimates the annotators' errors from all rankings of a campaign that count.</summary>
public sealed class AnnotatorModels(BatchStore batches, ComparisonStore comparisons, RankingStore rankings)
{
    /// <returns>Null where the rule needs none.</returns>
    public async Task<AnnotatorModel?> EstimateAsync(CampaignId campaign, PairOptions options, CancellationToken cancellation = default)
    {
        if (options.Voting != PairVoting.DawidSkene) return null;
        var votes = new List<IReadOnlyList<(AnnotatorId Annotator, AnswerVote Vote)>>();
        foreach (var batch in await batches.ListAsync(campaign, cancellation))
        {
            if (batch.Kind != ComparisonKind.Ordinary || await comparisons.FindPublishedAsync(campaign, batch.Id, cancellation) is null) continue;
            votes.AddRange(PairRules.VotesOf(
                await comparisons.ReadBatchAsync(campaign, batch.Id, cancellation), await rankings.ReadBatchAsync(batch.Id, cancellation), options));
        }
        return DawidSkene.Estimate(votes);
    }
}
