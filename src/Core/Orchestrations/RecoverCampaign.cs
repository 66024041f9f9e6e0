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
        var round = all.Where(b => b.Round == campaign.Round && b.Kind == ComparisonKind.Ordinary).ToList();
        return new(campaign.Round, round.Count + 1, round.Count == 0 ? new() : round[^1].Next, [.. all.Where(b => !b.HasEnded).Select(b => b.Id)]);
    }
}
