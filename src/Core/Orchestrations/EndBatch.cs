using Rlhf.Campaigns;
using Rlhf.Judging;
using Rlhf.Labeling;
using Rlhf.Preferences;
using Rlhf.Telemetry;
using Rlhf.Training.Reporting;

namespace Rlhf.Orchestrations;

public enum BatchEnd { Complete, Deadline, Cancelled }

public sealed record EndBatchInput(CampaignId Campaign, BatchId Batch, BatchEnd End);

public sealed record EndBatchResult(int Pairs);

/// <summary>Takes what is left off the annotators' tables, says what it has and what it left out, and derives its pairs, or a verdict from a test batch.</summary>
public sealed class EndBatch(BatchStore batches, ComparisonStore comparisons, RankingStore rankings, PairStore pairs, PeopleJudge judge, RunReporter reports, TimeProvider time)
    : Activity<EndBatchInput, EndBatchResult>
{
    public override async Task<EndBatchResult> RunAsync(EndBatchInput input, CancellationToken cancellation)
    {
        var batch = await batches.GetAsync(input.Campaign, input.Batch, cancellation);
        await comparisons.CloseBatchAsync(input.Campaign, input.Batch, cancellation);
        var isPublished = await comparisons.FindPublishedAsync(input.Campaign, input.Batch, cancellation) is not null;
        var counts = isPublished ? await CountAsync(input, cancellation) : BatchCounts.Empty;
        var derived = await DeriveAsync(input, batch, isPublished, cancellation);
        await batches.UpdateAsync(input.Campaign, input.Batch, b => b.HasEnded ? b : End(b, input.End) with
        {
            EndedAt = time.GetUtcNow(),
            Counts = counts,
            Unfinished = Unfinished(counts, input.End),
        }, cancellation);
        PipelineMetrics.ComparisonsOpen(input.Campaign, input.Batch, 0);
        return new(derived?.Pairs ?? 0);
    }

    private static Batch End(Batch batch, BatchEnd end) => BatchTransitions.Apply(batch, end == BatchEnd.Cancelled ? BatchOperation.Cancel : BatchOperation.End);

    private async Task<BatchCounts> CountAsync(EndBatchInput input, CancellationToken cancellation) => BatchCounts.Of(
        await comparisons.ReadBatchAsync(input.Campaign, input.Batch, cancellation), await rankings.ReadBatchAsync(input.Batch, cancellation));

    /// <summary>A cancelled campaign's pairs are not rewritten.</summary>
    private async Task<PairFile?> DeriveAsync(EndBatchInput input, Batch batch, bool isPublished, CancellationToken cancellation)
    {
        if (input.End == BatchEnd.Cancelled || !isPublished) return batch.Pairs;
        if (batch.Kind == ComparisonKind.Ordinary) return await pairs.RefreshAsync(input.Campaign, input.Batch, cancellation);
        await judge.JudgeAsync(batch, cancellation);
        await reports.WriteAsync(batch.Run!.Value, cancellation);
        return null;
    }

    private static Dictionary<string, int> Unfinished(BatchCounts counts, BatchEnd end)
    {
        var unfinished = new Dictionary<string, int>();
        if (counts.ClosedBySkips > 0) unfinished["skipped"] = counts.ClosedBySkips;
        if (counts.Open > 0) unfinished[end == BatchEnd.Cancelled ? "cancelled" : "deadline"] = counts.Open;
        return unfinished;
    }
}
