using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Labeling;
using Rlhf.Telemetry;

namespace Rlhf.Orchestrations;

public sealed record PublishBatchResult(int Comparisons);

/// <summary>Makes the batch's comparisons from its answers and opens them for ranking.</summary>
public sealed class PublishBatch(
    CampaignStore campaigns, BatchStore batches, BatchAnswers answers, ComparisonStore comparisons, PipelineOptions options)
    : Activity<BatchStep, PublishBatchResult>
{
    public override async Task<PublishBatchResult> RunAsync(BatchStep input, CancellationToken cancellation)
    {
        var settings = (await campaigns.GetAsync(input.Campaign, cancellation)).Settings;
        var batch = await batches.GetAsync(input.Campaign, input.Batch, cancellation);
        var answered = new List<AnsweredPrompt>();
        for (var window = 0; window * options.GenerationWindow < batch.PromptCount; window++)
            answered.AddRange(await answers.FindAsync(input.Campaign, input.Batch, window, cancellation) ?? throw Missing(input, window));

        var made = ComparisonMaker.Of(input.Batch, answered, batch.Kind, batch.Round, settings);
        var standing = await comparisons.PublishAsync(input.Campaign, input.Batch, made, cancellation);
        await batches.UpdateAsync(input.Campaign, input.Batch, b => BatchTransitions.Apply(b, BatchOperation.Publish) with
        {
            Comparisons = standing.Count,
            Dropped = ComparisonMaker.Dropped(answered),
            Tokens = answered.Sum(a => a.Answers.Sum(x => (long)x.CompletionTokens)),
        }, cancellation);
        PipelineMetrics.ComparisonsOpen(input.Campaign, input.Batch, standing.Count);
        return new(standing.Count);
    }

    private static RlhfException Missing(BatchStep input, int window) => new("answers-missing",
        $"The answers '{BatchAnswers.PathOf(input.Campaign, input.Batch, window)}' are gone from storage.", "Restore the blob, or cancel the campaign and create it again.");
}
