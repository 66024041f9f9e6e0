using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Prompts;

namespace Rlhf.Orchestrations;

public sealed record StartBatchInput(CampaignId Campaign, int Round, int Number, PromptCursor Cursor);

/// <param name="Batch">Null where there are no prompts for one now.</param>
/// <param name="MayComeSoon">Whether a file is being read, so that a batch would only be smaller than it need be.</param>
public sealed record StartBatchResult(BatchId? Batch, PromptCursor Next, bool MayComeSoon = false);

/// <summary>Plans the next batch and starts its orchestration. A batch that is beyond planned is left alone, since a completed instance's id may be used again.</summary>
public sealed class StartBatch(
    CampaignStore campaigns, BatchStore batches, PromptStore prompts, IngestLog ingests, IOrchestrationClient orchestrations, TimeProvider time)
    : Activity<StartBatchInput, StartBatchResult>
{
    public override async Task<StartBatchResult> RunAsync(StartBatchInput input, CancellationToken cancellation)
    {
        var campaign = await campaigns.GetAsync(input.Campaign, cancellation);
        if (campaign.State != CampaignState.Active) return new(null, input.Cursor, MayComeSoon: true);
        var id = BatchId.For(input.Campaign, input.Round, input.Number);
        // Asked before the prompts are counted: what a reading that ends in between has brought is counted then.
        var isReading = await ingests.IsReadingAsync(input.Campaign, cancellation);
        var batch = await batches.FindAsync(input.Campaign, id, cancellation) ?? await PlanAsync(id, input, campaign, isReading, cancellation);
        if (batch is null) return new(null, input.Cursor, MayComeSoon: isReading);
        if (batch.State == BatchState.Planned)
            await orchestrations.TryScheduleAsync(nameof(LabelBatch), new LabelBatchInput(input.Campaign, id), id.Value, cancellation);
        return new(id, batch.Next);
    }

    private async Task<Batch?> PlanAsync(BatchId id, StartBatchInput input, Campaign campaign, bool isReading, CancellationToken cancellation)
    {
        if (campaign.ClosedAt is not null) return null;
        var settings = campaign.Settings;
        var take = await prompts.TakeAsync(input.Campaign, input.Cursor, settings.BatchSize, cancellation);
        if (take.Count == 0 || take.Count < settings.BatchSize && isReading) return null;
        var batch = new Batch(id, input.Campaign, input.Round, ComparisonKind.Ordinary, BatchState.Planned, take.Slices, take.Next, time.GetUtcNow());
        if (input.Round > 1) await campaigns.UpdateAsync(input.Campaign, c => c.Round < input.Round ? c with { Round = input.Round } : c, cancellation);
        await batches.CreateAsync(batch, cancellation);
        return await batches.GetAsync(input.Campaign, id, cancellation);
    }
}
