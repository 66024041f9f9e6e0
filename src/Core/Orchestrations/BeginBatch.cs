using Rlhf.Campaigns;

namespace Rlhf.Orchestrations;

/// <summary>Names a batch for an activity.</summary>
public sealed record BatchStep(CampaignId Campaign, BatchId Batch);

/// <param name="Windows">Calls of the generating activity, numbered from 0.</param>
/// <param name="Concurrency">How many of them at a time.</param>
public sealed record BatchPlan(
    bool HasEnded, bool IsPublished, int Windows, int Concurrency, TimeSpan Deadline, TimeSpan FirstLook, TimeSpan LongestLook);

/// <summary>Takes a planned batch on, or says how far it is already.</summary>
public sealed class BeginBatch(CampaignStore campaigns, BatchStore batches, PipelineOptions options) : Activity<BatchStep, BatchPlan>
{
    public override async Task<BatchPlan> RunAsync(BatchStep input, CancellationToken cancellation)
    {
        var settings = (await campaigns.GetAsync(input.Campaign, cancellation)).Settings;
        var batch = await batches.UpdateAsync(input.Campaign, input.Batch,
            b => b.State == BatchState.Planned ? BatchTransitions.Apply(b, BatchOperation.Generate) : b, cancellation);
        var windows = (batch.PromptCount + options.GenerationWindow - 1) / options.GenerationWindow;
        return new(batch.HasEnded, batch.State == BatchState.Open, windows, options.GenerationConcurrency, settings.BatchDeadline, Look(options.BatchLook, settings), Look(options.BatchLookMaximum, settings));
    }

    // Annotations on a Label Studio server are seen by looking, where its webhooks don't come through.
    private static TimeSpan Look(TimeSpan usual, CampaignSettings settings) => settings.LabelStudio is { } server && server.PollEvery < usual ? server.PollEvery : usual;
}
