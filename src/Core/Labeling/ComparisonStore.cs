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
        var before = await tables.TryInsertAsync(PublishedTable, campaign.Value, batch.Value, new PublishedBatch(batch, standing.Count, time.GetUtcNow()), cancellation) is null
            ? await FindPublishedAsync(campaign, batch, cancellation) : null;
        if (before is { Closed: not null }) return standing;
        await OpenMissingAsync(campaign, batch, before is { HasMoved: true } ? await StillAsync(campaign, batch, standing, cancellation) : standing, cancellation);
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

    /// <summary>Changes the order in which open comparisons are asked. Who has one on the screen keeps it; unknown, closed and ended ones are passed over.</summary>
    /// <param name="priorities">0 to 999, lower first. A round of answers costs a write for each 33 of them, so change what matters.</param>
    /// <exception cref="RlhfException"><c>invalid-priority</c>.</exception>
    public async Task ReprioritizeAsync(CampaignId campaign, IReadOnlyDictionary<ComparisonId, int> priorities, CancellationToken cancellation = default)
    {
        if (priorities.FirstOrDefault(p => p.Value is < 0 or > Comparison.LastPriority) is { Key.Value: not null } wrong)
            throw new RlhfException("invalid-priority", $"Comparison '{wrong.Key}' has a priority of {wrong.Value}.", $"A priority is 0 to {Comparison.LastPriority}; lower comes first.");
        var batches = new HashSet<BatchId>();
        await foreach (var page in open.ReadPagesAsync(campaign, cancellation))
        {
            var moves = page.Where(r => priorities.TryGetValue(r.Row.Comparison, out var to) && to != r.Priority).ToList();
            foreach (var batch in moves.Select(m => m.Row.Batch).Distinct().Where(b => !batches.Contains(b)).ToList())
                if (await NoteMovingAsync(campaign, batch, cancellation)) batches.Add(batch);
            await open.ReprioritizeAsync(campaign, moves.Where(m => batches.Contains(m.Row.Batch)).Select(m => (m, priorities[m.Row.Comparison])), cancellation);
        }
        // A batch that was closed meanwhile has taken away what it found: the rest goes now.
        foreach (var batch in batches)
            if (await FindPublishedAsync(campaign, batch, cancellation) is { Closed: not null }) await open.RemoveMovedAsync(campaign, batch, cancellation);
    }

    /// <summary>Takes what is left of the batch off the annotators' tables; rankings that come later are extra. Idempotent.</summary>
    /// <param name="limits">Those of batches that ended.</param>
    /// <returns>What it holds, read after it was closed; null where it was never published.</returns>
    public async Task<RankedBatch?> CloseBatchAsync(CampaignId campaign, BatchId batch, OverlapLimits limits, CancellationToken cancellation = default)
    {
        if (await tables.FindAsync(PublishedTable, campaign.Value, batch.Value, cancellation) is not { } row) return null;
        var published = row.ReadBody<PublishedBatch>();
        if (published.Closed is null) await rankings.CloseAsync(batch, cancellation);
        var comparisons = await ReadBatchAsync(campaign, batch, cancellation);
        var ranked = new RankedBatch(limits.Of(comparisons), await rankings.ReadBatchAsync(batch, cancellation));
        if (published.Closed is null)
        {
            var counts = BatchCounts.Of(ranked.Comparisons, ranked.Rankings);
            published = await UpdatePublishedAsync(campaign, batch, row, p => p with { Closed = p.Closed ?? counts }, cancellation);
        }
        await open.RemoveAsync(campaign, comparisons, cancellation);
        if (published is { HasMoved: true }) await open.RemoveMovedAsync(campaign, batch, cancellation);
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

    /// <summary>Before a row of the batch moves, so that its end knows where to look.</summary>
    /// <returns>False where it has ended, or is none.</returns>
    private async Task<bool> NoteMovingAsync(CampaignId campaign, BatchId batch, CancellationToken cancellation) =>
        await UpdatePublishedAsync(
            campaign, batch, await tables.FindAsync(PublishedTable, campaign.Value, batch.Value, cancellation), p => p.Closed is null ? p with { HasMoved = true } : p, cancellation) is { Closed: null };

    /// <param name="row">As it was read; read again where somebody came between.</param>
    private async Task<PublishedBatch?> UpdatePublishedAsync(CampaignId campaign, BatchId batch, TableRow? row, Func<PublishedBatch, PublishedBatch> change, CancellationToken cancellation)
    {
        for (; row is not null; row = await tables.FindAsync(PublishedTable, campaign.Value, batch.Value, cancellation))
        {
            var before = row.ReadBody<PublishedBatch>();
            var after = change(before);
            if (after == before || await tables.TryReplaceAsync(PublishedTable, campaign.Value, batch.Value, after, row.ETag, cancellation) is not null) return after;
        }
        return null;
    }

    /// <summary>Those whose row is called as it was published, or is gone.</summary>
    private async Task<IReadOnlyList<Comparison>> StillAsync(CampaignId campaign, BatchId batch, IReadOnlyList<Comparison> comparisons, CancellationToken cancellation)
    {
        var moved = await open.ReadMovedAsync(campaign, batch, cancellation);
        return [.. comparisons.Where(c => !moved.Contains(c.Id))];
    }

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
/// <param name="HasMoved">Some of its comparisons have another priority than they were published with.</param>
public sealed record PublishedBatch(BatchId Batch, int Comparisons, DateTimeOffset PublishedAt, BatchCounts? Closed = null, bool HasMoved = false);
