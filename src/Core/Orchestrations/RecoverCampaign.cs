using Rlhf.Campaigns;
using Rlhf.Labeling;

namespace Rlhf.Orchestrations;

/// <summary>Makes a campaign's progress from its rows: at its first start, and where its orchestration was lost.</summary>
public sealed class RecoverCampaign(CampaignStore campaigns, BatchStore batches) : Activity<CampaignId, RunCampaignProgress>
{
    public override async Task<RunCampaignProgress> RunAsync(CampaignId input, CancellationToken cancellation)
    {
        var campaign = await campaigns.GetAsync(input, cancellation);
        var all = await batches.ListAsync(input, cancellation);
        var ordinary = all.Where(b => b.Kind == ComparisonKind.Ordinary && b.Import is null).OrderBy(b => b.Round).ThenBy(b => b.Id.Value, StringComparer.Ordinal).ToList();
        var inRound = ordinary.Count(b => b.Round == campaign.Round);
        var progress = new RunCampaignProgress(
            campaign.Round, inRound + 1, ordinary.Count == 0 ? new() : ordinary[^1].Next, [.. all.Where(b => !b.HasEnded).Select(b => b.Id)]);
        return campaign.Round > 1 && inRound == 0 ? progress.InRound(campaign.Round) : progress;
    }
}
