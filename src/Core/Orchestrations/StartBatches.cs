using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Prompts;

namespace Rlhf.Orchestrations;

/// <param name="Number">Of the first one.</param>
/// <param name="Count">How many may be open beside those that are.</param>
public sealed record StartBatchesInput(CampaignId Campaign, int Round, int Number, PromptCursor Cursor, int Count);

/// <param name="Batches">In the order of their numbers.</param>
/// <param name="Next">The cursor behind the last one's prompts.</param>
/// <param name="IsOut">There are no prompts for another one now.</param>
/// <param name="MayComeSoon">Whether a file is being read, so that a batch would only be smaller than it need be.</param>
public sealed record StartBatchesResult(IReadOnlyList<BatchId> Batches, PromptCursor Next, bool IsOut = false, bool MayComeSoon = false);

/// <summary>Plans the next batches and starts their orchestrations. A batch that is beyond planned is left alone, since a completed instance's id may be used again.</summary>
public sealed class StartBatches(
    CampaignStore campaigns, BatchStore batches, PromptStore prompts, IngestLog ingests, IOrchestrationClient orchestrations, TimeProvider time)
    : Activity<StartBatchesInput, StartBatchesResult>
{
    /// <summary>In one call, which is repeated as a whole where storage fails.</summary>
    private const int MostAtOnce = 25;

    public override async Task<StartBatchesResult> RunAsync(StartBatchesInput input, CancellationToken cancellation)
    {
        var campaign = await campaigns.GetAsync(input.Campaign, cancellation);
        var result = await StartAsync(input, campaign, cancellation);
        if (result.Batches.Count > 0 && campaign.Settings.IsFollowed)
            await orchestrations.TryScheduleAsync(nameof(OrderCampaign), new OrderCampaignInput(input.Campaign), OrderCampaignInput.InstanceOf(input.Campaign), cancellation);
        return result;
    }

    private async Task<StartBatchesResult> StartAsync(StartBatchesInput input, Campaign campaign, CancellationToken cancellation)
    {
        if (campaign.State != CampaignState.Active) return new([], input.Cursor, IsOut: true, MayComeSoon: true);
        // Asked before the prompts are counted: what a reading that ends in between has brought is counted then.
        var isReading = await ingests.IsReadingAsync(input.Campaign, cancellation);
        var (started, cursor) = (new List<BatchId>(), input.Cursor);
        while (started.Count < Math.Min(input.Count, MostAtOnce))
        {
            var id = BatchId.For(input.Campaign, input.Round, input.Number + started.Count);
            var batch = await batches.FindAsync(input.Campaign, id, cancellation) ?? await PlanAsync(id, input.Round, cursor, campaign, isReading, cancellation);
            if (batch is null) return new(started, cursor, IsOut: true, MayComeSoon: isReading);
            if (batch.State == BatchState.Planned)
                await orchestrations.TryScheduleAsync(nameof(LabelBatch), new LabelBatchInput(input.Campaign, id), id.Value, cancellation);
            started.Add(id);
            cursor = batch.Next;
        }
        return new(started, cursor);
    }

    private async Task<Batch?> PlanAsync(BatchId id, int round, PromptCursor cursor, Campaign campaign, bool isReading, CancellationToken cancellation)
    {
        if (campaign.ClosedAt is not null) return null;
        var settings = campaign.Settings;
        var take = await prompts.TakeAsync(campaign.Id, cursor, settings.BatchSize, cancellation);
        if (take.Count == 0 || take.Count < settings.BatchSize && isReading) return null;
        var batch = new Batch(id, campaign.Id, round, ComparisonKind.Ordinary, BatchState.Planned, take.Slices, take.Next, time.GetUtcNow());
        if (round > 1) await campaigns.UpdateAsync(campaign.Id, c => c.Round < round ? c with { Round = round } : c, cancellation);
        // Another call's plan stands where it was faster.
        return await batches.CreateAsync(batch, cancellation) ? batch : await batches.GetAsync(campaign.Id, id, cancellation);
    }
}
