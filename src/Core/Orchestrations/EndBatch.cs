using Rlhf.Campaigns;
using Rlhf.Judging;
using Rlhf.Labeling;
using Rlhf.Labeling.Agreement;
using Rlhf.Labeling.Review;
using Rlhf.Preferences;
using Rlhf.Telemetry;

namespace Rlhf.Orchestrations;

public enum BatchEnd { Complete, Deadline, Cancelled, Closed }

public sealed record EndBatchInput(CampaignId Campaign, BatchId Batch, BatchEnd End);

public sealed record EndBatchResult(int Pairs);

/// <summary>Takes what is left off the annotators' tables, says what it has and what it left out, and derives its pairs, or a verdict from a test batch.</summary>
public sealed class EndBatch(CampaignStore campaigns, BatchStore batches, ComparisonStore comparisons, RankingStore rankings, ReviewStore reviews, BatchResults results, TimeProvider time)
    : Activity<EndBatchInput, EndBatchResult>
{
    public override async Task<EndBatchResult> RunAsync(EndBatchInput input, CancellationToken cancellation)
    {
        var batch = await batches.GetAsync(input.Campaign, input.Batch, cancellation);
        var limits = OverlapLimits.OfEnded((await campaigns.GetAsync(input.Campaign, cancellation)).Settings);
        await comparisons.CloseBatchAsync(input.Campaign, input.Batch, limits, cancellation);
        var isPublished = await comparisons.FindPublishedAsync(input.Campaign, input.Batch, cancellation) is not null;
        var published = isPublished ? limits.Of(await comparisons.ReadBatchAsync(input.Campaign, input.Batch, cancellation)) : [];
        var ranked = await rankings.ReadBatchAsync(input.Batch, cancellation);
        var counts = BatchCounts.Of(published, ranked);
        if (input.End != BatchEnd.Cancelled) await reviews.AddAsync(input.Campaign, published, ranked, cancellation);
        var derived = await DeriveAsync(input, batch, isPublished, cancellation);
        await batches.UpdateAsync(input.Campaign, input.Batch, b => b.HasEnded ? b : End(b, input.End) with
        {
            EndedAt = time.GetUtcNow(),
            Counts = counts,
            Agreement = AgreementSums.Of(ranked),
            Unfinished = Unfinished(counts, input.End),
        }, cancellation);
        PipelineMetrics.ComparisonsOpen(input.Campaign, input.Batch, 0);
        return new(derived?.Pairs ?? 0);
    }

    private static Batch End(Batch batch, BatchEnd end) => BatchTransitions.Apply(batch, end == BatchEnd.Cancelled ? BatchOperation.Cancel : BatchOperation.End);

    /// <summary>A cancelled campaign's pairs are not rewritten.</summary>
    private async Task<PairFile?> DeriveAsync(EndBatchInput input, Batch batch, bool isPublished, CancellationToken cancellation) =>
        input.End == BatchEnd.Cancelled || !isPublished ? batch.Pairs : await results.DeriveAsync(batch, cancellation);

    private static Dictionary<string, int> Unfinished(BatchCounts counts, BatchEnd end)
    {
        var unfinished = new Dictionary<string, int>();
        if (counts.ClosedBySkips > 0) unfinished["skipped"] = counts.ClosedBySkips;
        if (counts.Open > 0) unfinished[end is BatchEnd.Cancelled ? "cancelled" : end is BatchEnd.Closed ? "closed" : "deadline"] = counts.Open;
        return unfinished;
    }
}
