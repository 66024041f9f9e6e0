using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Labeling;
using Rlhf.Telemetry;

namespace Rlhf.Orchestrations;

public sealed record PublishBatchResult(int Comparisons);

/// <summary>Makes the batch's comparisons from its answers and opens them for ranking.</summary>
public sealed class PublishBatch(
    CampaignStore campaigns, BatchStore batches, BatchAnswers answers, ComparisonStore comparisons, TimeProvider time)
    : Activity<BatchStep, PublishBatchResult>
{
    public override async Task<PublishBatchResult> RunAsync(BatchStep input, CancellationToken cancellation) => await OpenAsync(
        await campaigns.GetAsync(input.Campaign, cancellation), await batches.GetAsync(input.Campaign, input.Batch, cancellation), cancellation);

    /// <param name="campaign">As it was read just now, as <paramref name="batch"/> was.</param>
    internal async Task<PublishBatchResult> OpenAsync(Campaign campaign, Batch batch, CancellationToken cancellation)
    {
        var answered = new List<AnsweredPrompt>();
        for (var window = 0; answered.Count < batch.PromptCount; window++)
            answered.AddRange(await answers.FindAsync(campaign.Id, batch.Id, window, cancellation) ?? throw Missing(batch, window));

        var made = ComparisonMaker.Of(batch.Id, answered, batch.Kind, batch.Round, campaign.Settings);
        var standing = await comparisons.PublishAsync(campaign.Id, batch.Id, made, cancellation);
        var now = time.GetUtcNow();
        await batches.UpdateAsync(campaign.Id, batch.Id, b => PauseClock.Open(BatchTransitions.Apply(b, BatchOperation.Publish), campaign, now) with
        {
            Comparisons = standing.Count,
            Dropped = ComparisonMaker.Dropped(answered),
            Tokens = answered.Sum(a => a.Answers.Sum(x => (long)x.CompletionTokens)),
        }, cancellation);
        PipelineMetrics.ComparisonsOpen(campaign.Id, batch.Id, standing.Count);
        return new(standing.Count);
    }

    private static RlhfException Missing(Batch batch, int window) => new("answers-missing",
        $"The answers '{BatchAnswers.PathOf(batch.Campaign, batch.Id, window)}' are gone from storage.", "Restore the blob, or cancel the campaign and create it again.");
}
