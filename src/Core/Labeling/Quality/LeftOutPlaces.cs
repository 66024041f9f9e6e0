using Rlhf.Campaigns;
using Rlhf.Labeling.Review;
using Rlhf.Labeling.Serving;
using Rlhf.Orchestrations;

namespace Rlhf.Labeling.Quality;

/// <summary>What leaving an annotator out does to the comparisons it ranked: those of open batches are asked again of somebody else, those of batches that ended, where nothing else is left, go to a reviewer.</summary>
public sealed class LeftOutPlaces(
    BatchStore batches, ComparisonStore comparisons, RankingStore rankings, OverlapReader overlaps, RankingSettlement settlement, ReviewStore reviews, CampaignSignals signals)
{
    /// <param name="campaign">As it is now, with the annotator left out or taken in again. May be done again.</param>
    public async Task FollowAsync(Campaign campaign, AnnotatorId annotator, CancellationToken cancellation = default)
    {
        var (open, ended) = (await overlaps.ReadAsync(campaign, cancellation), OverlapLimits.OfEnded(campaign));
        var queue = await reviews.ListAsync(campaign.Id, cancellation);
        foreach (var batch in await batches.ListAsync(campaign.Id, cancellation))
        {
            if (batch.State == BatchState.Cancelled || await comparisons.FindPublishedAsync(campaign.Id, batch.Id, cancellation) is not { } published) continue;
            var ranked = await rankings.ReadBatchAsync(batch.Id, cancellation);
            var own = ranked.Where(r => r.Annotator == annotator && r is { Extra: false, Decides: false }).ToDictionary(r => r.Comparison);
            var concerned = (await comparisons.ReadBatchAsync(campaign.Id, batch.Id, cancellation)).Where(c => own.ContainsKey(c.Id)).ToList();
            if (published.Closed is null) await PlaceAsync(campaign, annotator, batch.Id, open.Of(concerned), own, ranked, cancellation);
            else await ReviewAsync(campaign.Id, ended.Of(concerned), ranked, queue, cancellation);
        }
    }

    private async Task PlaceAsync(
        Campaign campaign, AnnotatorId annotator, BatchId batch, IReadOnlyList<Comparison> concerned, Dictionary<ComparisonId, Ranking> own, IReadOnlyList<Ranking> ranked, CancellationToken cancellation)
    {
        foreach (var comparison in concerned)
        {
            if (comparison.LeftOut.Contains(annotator)) await settlement.LeaveOutAsync(campaign.Id, comparison, ranked);
            else await settlement.TakeInAsync(campaign.Id, comparison, own[comparison.Id]);
        }
        // It may be done now, or wait for more.
        await signals.WakeAsync(batch, cancellation);
    }

    private async Task ReviewAsync(CampaignId campaign, IReadOnlyList<Comparison> concerned, IReadOnlyList<Ranking> ranked, IReadOnlySet<ComparisonId> queue, CancellationToken cancellation)
    {
        await reviews.AddAsync(campaign, concerned, ranked, cancellation);
        var byComparison = ranked.ToLookup(r => r.Comparison);
        foreach (var comparison in concerned.Where(c => queue.Contains(c.Id) && !ReviewStore.NeedsReview(c, byComparison[c.Id])))
            await reviews.RemoveAsync(campaign, new(comparison.Batch, comparison.Id), cancellation);
    }
}
