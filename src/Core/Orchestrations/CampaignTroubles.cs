using Rlhf.Campaigns;

namespace Rlhf.Orchestrations;

/// <summary>What a campaign's row says of a step that failed. Pure.</summary>
internal static class CampaignTroubles
{
    /// <summary>Pauses with the reason, which only a person can mend. A campaign that has ended stays as it is.</summary>
    public static Campaign Pause(Campaign campaign, StepFailure failure, DateTimeOffset now) => CampaignTransitions.Allows(campaign.State, CampaignOperation.Pause)
        ? PauseClock.Keep(campaign, CampaignTransitions.Apply(campaign, CampaignOperation.Pause, $"{failure.Message} {failure.Remedy}".TrimEnd(), Of(campaign, failure, now)), now)
        : campaign;

    /// <summary>Keeps what is tried again by itself, so that people see why nothing comes.</summary>
    public static Campaign Meet(Campaign campaign, StepFailure failure, DateTimeOffset now) =>
        campaign.State == CampaignState.Active ? campaign with { Trouble = Of(campaign, failure, now) } : campaign;

    private static CampaignTrouble Of(Campaign campaign, StepFailure failure, DateTimeOffset now)
    {
        var code = failure.ErrorCode ?? "step-failed";
        var since = campaign.Trouble is { } known && known.Code == code ? known.Since : now;
        return new(code, failure.Message, failure.Remedy ?? "Look at the host's log.", since);
    }
}
