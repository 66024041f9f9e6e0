namespace Rlhf.Campaigns;

/// <summary>How long a campaign has been paused: a batch's deadline stands still meanwhile, whoever looks after the batch. Pure.</summary>
internal static class PauseClock
{
    /// <summary>The campaign after a change of its state, with the time kept.</summary>
    public static Campaign Keep(Campaign before, Campaign after, DateTimeOffset now) => (before.State, after.State) switch
    {
        (not CampaignState.Paused, CampaignState.Paused) => after with { PausedAt = now },
        (CampaignState.Paused, not CampaignState.Paused) => after with { PausedAt = null, PausedFor = Total(before, now) },
        _ => after,
    };

    /// <summary>In all, up to now.</summary>
    public static TimeSpan Total(Campaign campaign, DateTimeOffset now) => campaign.PausedFor + (now - (campaign.PausedAt ?? now));

    /// <summary>The batch as it is opened; one that is opened again stays as it was.</summary>
    public static Batch Open(Batch batch, Campaign campaign, DateTimeOffset now) =>
        batch.OpenedAt is null ? batch with { OpenedAt = now, PausedBefore = Total(campaign, now) } : batch;

    /// <summary>When the batch ends with what it has. Rows of earlier versions don't say when they were opened, which was soon after they were planned.</summary>
    public static DateTimeOffset DeadlineOf(Batch batch, Campaign campaign, DateTimeOffset now) =>
        (batch.OpenedAt ?? batch.PlannedAt) + campaign.Settings.BatchDeadline + Total(campaign, now) - batch.PausedBefore;
}
