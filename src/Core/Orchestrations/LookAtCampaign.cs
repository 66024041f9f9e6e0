using Rlhf.Campaigns;
using Rlhf.Training;

namespace Rlhf.Orchestrations;

/// <param name="Open">Batches that were open at the last look.</param>
/// <param name="Reconcile">Whether to start again what should be running and is not; a signal may have been lost, or an instance failed.</param>
public sealed record LookAtCampaignInput(CampaignId Campaign, IReadOnlyList<BatchId> Open, bool Reconcile);

/// <param name="Open">Those that still are, and evaluations' batches.</param>
/// <param name="NextRound">The round that follows, where this one came to a tuned policy: half of its answers are that policy's.</param>
public sealed record CampaignLook(
    CampaignState State, IReadOnlyList<BatchId> Open, int OpenLimit, bool IsTraining, TimeSpan FirstWait, TimeSpan LongestWait, bool TrainsByItself = false, int? NextRound = null);

/// <summary>Reads the rows that a campaign's next move depends on.</summary>
public sealed class LookAtCampaign(
    CampaignStore campaigns, BatchStore batches, RunStore runs, IOrchestrationClient orchestrations, PipelineOptions options)
    : Activity<LookAtCampaignInput, CampaignLook>
{
    public override async Task<CampaignLook> RunAsync(LookAtCampaignInput input, CancellationToken cancellation)
    {
        var campaign = await campaigns.GetAsync(input.Campaign, cancellation);
        var campaignRuns = await runs.ListAsync(input.Campaign, cancellation);
        var known = input.Open.Concat(campaignRuns.Select(r => r.TestBatch).OfType<BatchId>()).Distinct();
        var open = new List<BatchId>();
        var rows = await FindAsync(input.Campaign, [.. known], cancellation);
        foreach (var id in known)
        {
            if (!rows.TryGetValue(id, out var batch) || batch.HasEnded) continue;
            open.Add(id);
            if (input.Reconcile) await EnsureRunningAsync(batch, cancellation);
        }
        if (input.Reconcile) await EnsureRunsAsync(campaignRuns, cancellation);
        if (input.Reconcile && rows.Values.Any(b => !b.HasEnded) && campaign.Settings.IsFollowed) await EnsureOrderedAsync(input.Campaign, cancellation);
        return new(campaign.State, open, OpenLimit(campaign.Settings), campaignRuns.Any(r => !r.HasEnded), options.CampaignLook, options.CampaignLookMaximum,
            campaign.Settings.TrainWhenLabeled, campaignRuns.Any(r => r.Round == campaign.Round && r.IsTuned) ? campaign.Round + 1 : null);
    }

    /// <summary>Where comparisons are chosen, there are enough open to choose from.</summary>
    private static int OpenLimit(CampaignSettings settings) =>
        settings.Ordering is { } ordering ? Math.Max(settings.OpenBatches, (ordering.Pool + settings.BatchSize - 1) / settings.BatchSize) : settings.OpenBatches;

    /// <summary>One range of rows, from the first batch asked for to the last, in place of a request for each.</summary>
    private async Task<Dictionary<BatchId, Batch>> FindAsync(CampaignId campaign, IReadOnlyList<BatchId> ids, CancellationToken cancellation) =>
        ids.Count == 0 ? [] : (await batches.ListAsync(campaign, ids, cancellation)).ToDictionary(b => b.Id);

    private async Task EnsureRunningAsync(Batch batch, CancellationToken cancellation)
    {
        if (await orchestrations.GetAsync(batch.Id.Value, cancellation) is { HasEnded: false }) return;
        await orchestrations.TryScheduleAsync(nameof(LabelBatch), new LabelBatchInput(batch.Campaign, batch.Id), batch.Id.Value, cancellation);
    }

    private async Task EnsureOrderedAsync(CampaignId campaign, CancellationToken cancellation)
    {
        var instance = OrderCampaignInput.InstanceOf(campaign);
        if (await orchestrations.GetAsync(instance, cancellation) is { HasEnded: false }) return;
        await orchestrations.TryScheduleAsync(nameof(OrderCampaign), new OrderCampaignInput(campaign), instance, cancellation);
    }

    /// <summary>A run whose row was written and whose orchestration never began, because the process ended in between.</summary>
    private async Task EnsureRunsAsync(IEnumerable<Run> campaignRuns, CancellationToken cancellation)
    {
        foreach (var run in campaignRuns.Where(r => !r.HasEnded))
            if (await orchestrations.GetAsync(run.Id.Value, cancellation) is null or { HasEnded: true })
                await orchestrations.TryScheduleAsync(nameof(TrainPolicy), new TrainPolicyInput(run.Campaign, run.Id), run.Id.Value, cancellation);
    }
}
