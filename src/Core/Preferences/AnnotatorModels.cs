using Rlhf.Campaigns;
using Rlhf.Labeling;

namespace Rlhf.Preferences;

/// <summary>Estimates the annotators' errors from all rankings of a campaign that count.</summary>
public sealed class AnnotatorModels(BatchStore batches, ComparisonStore comparisons, RankingStore rankings)
{
    /// <returns>Null where the rule needs none.</returns>
    public async Task<AnnotatorModel?> EstimateAsync(CampaignId campaign, PairOptions options, CancellationToken cancellation = default) =>
        options.Voting == PairVoting.DawidSkene ? DawidSkene.Estimate(await ReadVotesAsync(campaign, options, cancellation)) : null;

    /// <summary>All votes that count, batch by batch.</summary>
    internal async Task<VoteTable> ReadVotesAsync(CampaignId campaign, PairOptions options, CancellationToken cancellation)
    {
        var votes = new VoteTable();
        foreach (var batch in await batches.ListAsync(campaign, cancellation))
        {
            if (batch.Kind != ComparisonKind.Ordinary || await comparisons.FindPublishedAsync(campaign, batch.Id, cancellation) is null) continue;
            votes.Add(PairRules.VotesOf(
                await comparisons.ReadBatchAsync(campaign, batch.Id, cancellation), await rankings.ReadBatchAsync(batch.Id, cancellation), options));
        }
        return votes;
    }
}
