using Rlhf.Campaigns;
using Rlhf.Judging;
using Rlhf.Labeling.Serving;

namespace Rlhf.Labeling.Review;

/// <summary>Takes reviewers' rankings: they decide, whatever the annotators said, and what is derived follows.</summary>
public sealed class ReviewService(ReviewStore queue, BatchResults results)
{
    /// <summary>After a reviewer's ranking was stored. A skip leaves the comparison to another reviewer.</summary>
    public async Task FollowUpAsync(Campaign campaign, Ranking ranking)
    {
        var task = new TaskKey(ranking.Batch, ranking.Comparison);
        if (ranking.Outcome == RankingOutcome.Skip) await queue.ReleaseAsync(campaign.Id, task, ranking.Annotator);
        else await queue.RemoveAsync(campaign.Id, task);
        if (campaign.State != CampaignState.Cancelled) await results.RefreshAsync(campaign.Id, ranking.Batch);
    }
}
