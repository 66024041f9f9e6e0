using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Labeling.Serving;
using Rlhf.LabelStudio.Server;
using Rlhf.Telemetry;

namespace Rlhf.Orchestrations;

/// <param name="IsClosed">The owner takes it as it is.</param>
/// <param name="IsEnded">All is ranked, and its pairs are there.</param>
/// <param name="Deadline">When the batch ends with what it has, by its row: moved on by the time the campaign was paused.</param>
public sealed record BatchLook(
    int Comparisons, int Complete, int Open, bool IsPaused, bool IsCancelled, bool IsClosed = false, bool IsEnded = false, DateTimeOffset? Deadline = null);

/// <summary>Counts a batch's comparisons from its rankings, those that came from a Label Studio server with them, and ends it where all is ranked.</summary>
public sealed class LookAtBatch(
    CampaignStore campaigns, BatchStore batches, ComparisonStore comparisons, RankingStore rankings, OverlapReader overlaps, RankingSettlement settlement, StudioKeeper studio, EndBatch ending, TimeProvider time) : Activity<BatchStep, BatchLook>
{
    public override async Task<BatchLook> RunAsync(BatchStep input, CancellationToken cancellation)
    {
        var campaign = await campaigns.GetAsync(input.Campaign, cancellation);
        await studio.KeepAsync(campaign, input.Batch, cancellation);
        var published = await comparisons.ReadBatchAsync(input.Campaign, input.Batch, cancellation);
        var asked = (await overlaps.ReadAsync(campaign, cancellation)).Of(published);
        var ranked = await rankings.ReadBatchAsync(input.Batch, cancellation);
        var progress = BatchProgress.Of(asked, ranked);
        // A host may have died between the ranking that disagreed and the row that asks one more.
        foreach (var disagreed in progress.Comparisons.Where(c => c.State == ComparisonState.Open && c.Rankings > 1))
            await settlement.AskMoreAsync(input.Campaign, asked.First(c => c.Id == disagreed.Comparison), ranked);
        // The same between leaving somebody out and freeing the place.
        foreach (var waiting in progress.Comparisons.Where(c => c.State == ComparisonState.Open))
            await settlement.LeaveOutAsync(input.Campaign, asked.First(c => c.Id == waiting.Comparison), ranked);
        PipelineMetrics.ComparisonsOpen(input.Campaign, input.Batch, progress.Open);
        var isEnded = progress.IsDone && campaign.State != CampaignState.Cancelled;
        if (isEnded) await ending.EndAsync(campaign, new(input.Campaign, input.Batch, BatchEnd.Complete), cancellation);
        // What was planned later (the comparisons that judge a model) is not meant.
        var batch = await batches.GetAsync(input.Campaign, input.Batch, cancellation);
        return new(progress.Total, progress.Complete, progress.Open, campaign.State == CampaignState.Paused, campaign.State == CampaignState.Cancelled,
            IsClosed: batch.PlannedAt <= campaign.ClosedAt, isEnded, PauseClock.DeadlineOf(batch, campaign, time.GetUtcNow()));
    }
}
