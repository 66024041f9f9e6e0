namespace Rlhf.Orchestrations;

/// <summary>What an orchestration that must not end does when a step failed in spite of its retries.</summary>
internal static class Trouble
{
    /// <summary>How long before all is tried again.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    /// <summary>A campaign that is gone has nobody to go on for.</summary>
    public static bool MayPass(StepFailedException e) => e.Failure.ErrorCode != "campaign-not-found";

    /// <summary>Whether it is known to pass (storage or a service that is away), so that a later attempt is worth while. An error that nobody foresaw is not.</summary>
    public static bool PassesByItself(StepFailedException e) => e.Failure is { IsTransient: true, ErrorCode: not null };

    /// <summary>Waits before all is tried again. What only a person can mend pauses the campaign with the reason; what passes by itself, such as storage that is away, does not.</summary>
    public static async Task RestAsync(IOrchestrationContext context, CampaignId campaign, StepFailedException e)
    {
        if (!e.Failure.IsTransient) await TryPauseAsync(context, campaign, e);
        await context.ForSignalAsync(EventNames.CampaignChanged, Rest);
    }

    private static async Task TryPauseAsync(IOrchestrationContext context, CampaignId campaign, StepFailedException e)
    {
        try
        {
            await context.CallActivityAsync<PauseCampaignResult>(nameof(PauseCampaign), new PauseCampaignInput(campaign, e.Failure), Retries.Storage);
        }
        catch (StepFailedException)
        {
            // It could not be said; it will be at the next attempt, which fails the same way.
        }
    }
}
