using Microsoft.Extensions.Logging;
using Rlhf.Campaigns;

namespace Rlhf.Orchestrations;

public sealed record PauseCampaignInput(CampaignId Campaign, StepFailure Failure);

public sealed record PauseCampaignResult(CampaignState State);

/// <summary>Pauses a campaign with what failed and the way out. One that has ended stays as it is.</summary>
public sealed partial class PauseCampaign(CampaignStore campaigns, TimeProvider time, ILogger<PauseCampaign> logger) : Activity<PauseCampaignInput, PauseCampaignResult>
{
    public override async Task<PauseCampaignResult> RunAsync(PauseCampaignInput input, CancellationToken cancellation)
    {
        LogPaused(input.Campaign, input.Failure.Message);
        var campaign = await campaigns.UpdateAsync(input.Campaign, c => CampaignTroubles.Pause(c, input.Failure, time.GetUtcNow()), cancellation);
        return new(campaign.State);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Campaign {Campaign} is paused: {Reason}")]
    private partial void LogPaused(CampaignId campaign, string reason);
}
