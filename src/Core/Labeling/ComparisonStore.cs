using Microsoft.Extensions.Caching.Memory;
using Rlhf.Labeling.Serving;
using Rlhf.Storage;

namespace Rlhf.Labeling;

/// <summary>Comparisons by batch: bodies in the blob <c>campaigns/&lt;id&gt;/batches/&lt;batch&gt;.json</c> (written once), what is still open in table <c>open</c>,
/// and the campaign's batches in table <c>published</c> (partition = campaign, row = batch).</summary>
public sealed class ComparisonStore(IBlobStore blobs, ITableStore tables, OpenStore open, RankingStore rankings, TimeProvider time) : IDisposable
{
    public const string PublishedTable = "published";

    private const int BatchesInMemory = 200;

    // A batch's blob never changes, so it is parsed once.
    private readonly MemoryCache batches = new(new MemoryCacheOptions { SizeLimit = BatchesInMemory });

    public static string BatchPath(CampaignId campaign, BatchId batch) => $"campaigns/{campaign}/batches/{batch}.json";

    /// <summary>Opens the comparisons for ranking. Idempotent: the first call's comparisons stand, a repetition completes what a crash left.</summary>
    /// <returns>The comparisons that stand.</returns>
    /// <exception cref="RlhfException"><c>invalid-batch</c>: a comparison of another batch, an id twice, or an overlap below 1, a priority that is none.</exception>
    public async Task<IReadOnlyList<Comparison>> PublishAsync(
        CampaignId campaign, BatchId batch, IReadOnlyList<Comparison> comparisons, CancellationToken cancellation = default)
    {
        Check(batch, comparisons);
        var isFirst = await blobs.WriteJsonAsync(BatchPath(campaign, batch), comparisons, WriteCondition.CreateOnly, cancellation) is not null;
        var standing = isFirst ? Keep(BatchPath(campaign, batch), comparisons) : await ReadBatchAsync(campaign, batch, cancellation);
        // Before anybody can be served one of them, so that they are counted by then.
        if (await tables.TryInsertAsync(PublishedTable, campaign.Value, batch.Value, new PublishedBatch(batch, standing.Count, time.GetUtcNow()), cancellation) is null
            && await FindPublishedAsync(campaign, batch, cancellation) is { Closed: not null }) return standing;
        await OpenMissingAsync(campaign, batch, standing, cancellation);
        return standing;
    }

    /// <exception cref="RlhfException"><c>no-such-batch</c>.</exception>
    public async Task<IReadOnlyList<Comparison>> ReadBatchAsync(CampaignId campaign, BatchId batch, CancellationToken cancellation = default)
    {
        var path = BatchPath(campaign, batch);
        if (batches.TryGetValue(path, out IReadOnlyList<Comparison>? cached)) return cached!;
        var read = await blobs.ReadJsonAsync<List<Comparison>>(path, cancellation)
            ?? throw new RlhfException("no-such-batch", $"Campaign '{campaign}' has no comparisons of batch '{batch}'.", "Wait until the batch is published, or check its id.", 404);
        return Keep(path, read);
    }

    /// <exception cref="RlhfException"><c>no-such-batch</c> or <c>no-such-comparison</c>.</exception>
    public async Task<Comparison> GetAsync(CampaignId campaign, BatchId batch, ComparisonId comparison, CancellationToken cancellation = default) =>
        (await ReadBatchAsync(campaign, batch, cancellation)).FirstOrDefault(c => c.Id == comparison)
        ?? throw new RlhfException("no-such-comparison", $"Batch '{batch}' has no comparison '{comparison}'.", "Fetch another task.", 404);

    /// <summary>Takes what is left of the batch off the annotators' tables; rankings that come later are extra. Idempotent.</summary>
    /// <param name="limits">Those of batches that ended.</param>
    /// <returns>What it holds, read after it was closed; null where it was never published.</returns>
    public async Task<RankedBatch?> CloseBatchAsync(CampaignId campaign, BatchId batch, OverlapLimits limits, CancellationToken cancellation = default)
    {
        if (await FindPublishedAsync(campaign, batch, cancellation) is not { } published) return null;
        if (published.Closed is null) await rankings.CloseAsync(batch, cancellation);
        var comparisons = await ReadBatchAsync(campaign, batch, cancellation);
        var ranked = new RankedBatch(limits.Of(comparisons), await rankings.ReadBatchAsync(batch, cancellation));
        if (published.Closed is null)
            await tables.UpsertAsync(PublishedTable, campaign.Value, batch.Value, published with { Closed = BatchCounts.Of(ranked.Comparisons, ranked.Rankings) }, cancellation);
        await open.RemoveAsync(campaign, comparisons, cancellation);
        return ranked;
    }

    public async Task<PublishedBatch?> FindPublishedAsync(CampaignId campaign, BatchId batch, CancellationToken cancellation = default) =>
        (await tables.FindAsync(PublishedTable, campaign.Value, batch.Value, cancellation))?.ReadBody<PublishedBatch>();

    /// <summary>The campaign's batches in order of their ids.</summary>
    public async Task<IReadOnlyList<PublishedBatch>> ListPublishedAsync(CampaignId campaign, CancellationToken cancellation = default)
    {
        var published = new List<PublishedBatch>();
        await foreach (var row in tables.QueryAsync(PublishedTable, campaign.Value, cancellation: cancellation)) published.Add(row.ReadBody<PublishedBatch>());
        return published;
    }

    public void Dispose() => batches.Dispose();

    private IReadOnlyList<Comparison> Keep(string path, IReadOnlyList<Comparison> comparisons) =>
        batches.Set(path, comparisons, new MemoryCacheEntryOptions { Size = 1 });

    // After a crash some rows may have been ranked and gone already: only what the rankings leave open comes back.
    private async Task OpenMissingAsync(CampaignId campaign, BatchId batch, IReadOnlyList<Comparison> comparisons, CancellationToken cancellation)
    {
        var ranked = await rankings.ReadBatchAsync(batch, cancellation);
        await open.AddAsync(campaign, comparisons.Select(c => (c, OpenRow.For(c, ranked))).Where(r => !r.Item2.IsClosed), cancellation);
    }

    private static void Check(BatchId batch, IReadOnlyList<Comparison> comparisons)
    {
        var problem =
            comparisons.FirstOrDefault(c => c.Batch != batch) is { } foreign ? $"Comparison '{foreign.Id}' belongs to batch '{foreign.Batch}'"
            : comparisons.FirstOrDefault(c => c.Overlap < 1) is { } none ? $"Comparison '{none.Id}' has an overlap of {none.Overlap}"
            : comparisons.FirstOrDefault(c => c.Priority is < 0 or > Comparison.LastPriority) is { } misplaced ? $"Comparison '{misplaced.Id}' has a priority of {misplaced.Priority}"
            : comparisons.GroupBy(c => c.Id).FirstOrDefault(g => g.Count() > 1) is { } twice ? $"Comparison '{twice.Key}' stands there twice"
            : null;
        if (problem is not null) throw new RlhfException("invalid-batch", $"{problem}, so batch '{batch}' can't be published.", "Publish each comparison once, in its own batch, with an overlap of at least 1 and a priority of 0 to 999.");
    }
}

/// <param name="Comparisons">As they are asked now.</param>
/// <param name="Rankings">All of them, extra ones included.</param>
public sealed record RankedBatch(IReadOnlyList<Comparison> Comparisons, IReadOnlyList<Ranking> Rankings);

/// <param name="Closed">How it stood when it was closed; null while it is open.</param>
public sealed record PublishedBatch(BatchId Batch, int Comparisons, DateTimeOffset PublishedAt, BatchCounts? Closed = null);
