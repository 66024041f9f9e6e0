using Rlhf.Campaigns;

namespace Rlhf.Orchestrations;

/// <summary>Names a batch for an activity.</summary>
public sealed record BatchStep(CampaignId Campaign, BatchId Batch);

/// <param name="Windows">Calls of the generating activity, numbered from 0.</param>
/// <param name="Concurrency">How many of them at a time.</param>
/// <param name="Published">Comparisons that this call opened.</param>
public sealed record BatchPlan(
    bool HasEnded, bool IsPublished, int Windows, int Concurrency, TimeSpan Deadline, TimeSpan FirstLook, TimeSpan LongestLook, int Published = 0);

/// <summary>Takes a planned batch on, or says how far it is already. Where one call can answer all of its prompts, this one does, and opens it: a step is about six storage requests.</summary>
public sealed class BeginBatch(CampaignStore campaigns, BatchStore batches, GenerateAnswers generate, PublishBatch publish, PipelineOptions options) : Activity<BatchStep, BatchPlan>
{
    public override async Task<BatchPlan> RunAsync(BatchStep input, CancellationToken cancellation)
    {
        var campaign = await campaigns.GetAsync(input.Campaign, cancellation);
        var settings = campaign.Settings;
        var batch = await batches.UpdateAsync(input.Campaign, input.Batch,
            b => b.State == BatchState.Planned ? BatchTransitions.Apply(b, BatchOperation.Generate) : b, cancellation);
        var windows = batch.State != BatchState.Generating ? 0 : await generate.WindowsAsync(campaign, batch, cancellation);
        var plan = new BatchPlan(
            batch.HasEnded, batch.State == BatchState.Open, windows, options.GenerationConcurrency, settings.BatchDeadline, Look(options.BatchLook, settings), Look(options.BatchLookMaximum, settings));
        return windows == 1 && batch.State == BatchState.Generating ? await OpenAsync(plan, campaign, batch, cancellation) : plan;
    }

    /// <summary>Where it has to wait (for a job, for a campaign that is paused), the orchestration does.</summary>
    private async Task<BatchPlan> OpenAsync(BatchPlan plan, Campaign campaign, Batch batch, CancellationToken cancellation)
    {
        if ((await generate.WriteAsync(campaign, batch, 0, cancellation)).Outcome != GenerateOutcome.Written) return plan;
        return plan with { IsPublished = true, Published = (await publish.OpenAsync(campaign, batch, cancellation)).Comparisons };
    }

    // Annotations on a Label Studio server are seen by looking, where its webhooks don't come through.
    private static TimeSpan Look(TimeSpan usual, CampaignSettings settings) => settings.LabelStudio is { } server && server.PollEvery < usual ? server.PollEvery : usual;
}
