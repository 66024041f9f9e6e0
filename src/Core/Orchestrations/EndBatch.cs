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

/// <summary>Takes what is left off the annotators' tables, says what it has and what it left out, and derives its pairs, or a verdict from a test batch. The batch's row is written last: where it has ended, all is done.</summary>
public sealed class EndBatch(
    CampaignStore campaigns, BatchStore batches, ComparisonStore comparisons, RankingStore rankings, ReviewStore reviews, PairStore pairs, BatchResults results, TimeProvider time)
    : Activity<EndBatchInput, EndBatchResult>
{
    public override async Task<EndBatchResult> RunAsync(EndBatchInput input, CancellationToken cancellation) =>
        await EndAsync(await campaigns.GetAsync(input.Campaign, cancellation), input, cancellation);

    /// <param name="campaign">As it was read just now.</param>
    internal async Task<EndBatchResult> EndAsync(Campaign campaign, EndBatchInput input, CancellationToken cancellation)
    {
        var batch = await batches.GetAsync(input.Campaign, input.Batch, cancellation);
        if (batch.HasEnded) return new(batch.Pairs?.Pairs ?? 0);
        var closed = await comparisons.CloseBatchAsync(input.Campaign, input.Batch, OverlapLimits.OfEnded(campaign), cancellation);
        var ranked = closed ?? new([], []);
        if (input.End != BatchEnd.Cancelled) await reviews.AddAsync(input.Campaign, ranked.Comparisons, ranked.Rankings, cancellation);
        var derived = await DeriveAsync(campaign, input, batch, closed, cancellation);
        await FinishAsync(input, ranked, derived, cancellation);
        // An amendment that came meanwhile found the batch open, and left its pairs to this.
        if (input.End != BatchEnd.Cancelled && !(await rankings.ReadBatchAsync(input.Batch, cancellation)).Select(State).SequenceEqual(ranked.Rankings.Select(State)))
            await results.RefreshAsync(input.Campaign, input.Batch, cancellation);
        return new(derived?.Pairs ?? 0);
    }

    private async Task FinishAsync(EndBatchInput input, RankedBatch ranked, PairFile? derived, CancellationToken cancellation)
    {
        var counts = BatchCounts.Of(ranked.Comparisons, ranked.Rankings);
        await batches.UpdateAsync(input.Campaign, input.Batch, b => b.HasEnded ? b : End(b, input.End) with
        {
            EndedAt = time.GetUtcNow(),
            Counts = counts,
            Agreement = AgreementSums.Of(ranked.Comparisons, ranked.Rankings),
            Unfinished = Unfinished(counts, input.End),
            Pairs = derived ?? b.Pairs,
        }, cancellation);
        PipelineMetrics.ComparisonsOpen(input.Campaign, input.Batch, 0);
    }

    private static Batch End(Batch batch, BatchEnd end) => BatchTransitions.Apply(batch, end == BatchEnd.Cancelled ? BatchOperation.Cancel : BatchOperation.End);

    /// <summary>A cancelled campaign's pairs are not rewritten.</summary>
    private async Task<PairFile?> DeriveAsync(Campaign campaign, EndBatchInput input, Batch batch, RankedBatch? closed, CancellationToken cancellation)
    {
        if (input.End == BatchEnd.Cancelled || closed is null) return batch.Pairs;
        return batch.Kind == ComparisonKind.Ordinary ? await pairs.CreateAsync(campaign, batch, closed, cancellation) : await results.DeriveAsync(batch, cancellation);
    }

    private static (ComparisonId, AnnotatorId, int, bool) State(Ranking ranking) => (ranking.Comparison, ranking.Annotator, ranking.Revision, ranking.Extra);

    private static Dictionary<string, int> Unfinished(BatchCounts counts, BatchEnd end)
    {
        var unfinished = new Dictionary<string, int>();
        if (counts.ClosedBySkips > 0) unfinished["skipped"] = counts.ClosedBySkips;
        if (counts.Open > 0) unfinished[end is BatchEnd.Cancelled ? "cancelled" : end is BatchEnd.Closed ? "closed" : "deadline"] = counts.Open;
        return unfinished;
    }
}
