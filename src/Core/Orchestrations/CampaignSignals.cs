namespace Rlhf.Orchestrations;

/// <summary>Makes a campaign's orchestrations look at their rows.</summary>
public sealed class CampaignSignals(IOrchestrationClient orchestrations)
{
    /// <summary>Starts the campaign's orchestration, or tells the running one that something changed.</summary>
    public async Task WakeAsync(CampaignId campaign, CancellationToken cancellation = default)
    {
        try
        {
            await orchestrations.ScheduleAsync(nameof(RunCampaign), new RunCampaignInput(campaign), campaign.Value, cancellation);
        }
        catch (DuplicateInstanceException)
        {
            await RaiseAsync(campaign.Value, EventNames.CampaignChanged, cancellation);
        }
    }

    /// <summary>Has the campaign's rankings counted and its comparisons put in order, now and while any are open.</summary>
    public async Task FollowAsync(CampaignId campaign, CancellationToken cancellation = default)
    {
        var instance = OrderCampaignInput.InstanceOf(campaign);
        if (!await orchestrations.TryScheduleAsync(nameof(OrderCampaign), new OrderCampaignInput(campaign), instance, cancellation))
            await RaiseAsync(instance, EventNames.CampaignChanged, cancellation);
    }

    /// <summary>Tells a batch to look at its campaign and its rankings.</summary>
    public Task WakeAsync(BatchId batch, CancellationToken cancellation = default) => RaiseAsync(batch.Value, EventNames.CampaignChanged, cancellation);

    /// <summary>Tells a run to look at its job and its row.</summary>
    public Task WakeAsync(RunId run, CancellationToken cancellation = default) => RaiseAsync(run.Value, EventNames.RunChanged, cancellation);

    private async Task RaiseAsync(string instance, string name, CancellationToken cancellation)
    {
        try
        {
            await orchestrations.RaiseEventAsync(instance, name, null, cancellation);
        }
        catch (InstanceNotFoundException)
        {
            // It ended or has not begun: either way it reads its rows, not this signal.
        }
    }
}
