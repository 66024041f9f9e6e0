using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Caching.Memory;
using Rlhf.Storage;

namespace Rlhf.Labeling.Serving;

/// <summary>The rows of table <c>open</c>.</summary>
public sealed class OpenStore(ITableStore tables) : IDisposable
{
    public const string Table = "open";

    private const int RowsPerTransaction = 100;

    private const int LargestPage = 1_000;

    private const int ClaimsInMemory = 10_000;

    private readonly JudgedRows judged = new();

    private readonly MovedRows moved = new(tables);

    private readonly ConcurrentDictionary<CampaignId, int> versions = new();

    // Rows as they are since this process claimed them: whoever judges one need not read it first.
    private readonly MemoryCache claimed = new(new MemoryCacheOptions { SizeLimit = ClaimsInMemory });

    /// <summary>Grows whenever this process adds a row or changes one otherwise than by claiming it or counting what was claimed: a place may be free that was not.</summary>
    public int VersionOf(CampaignId campaign) => versions.GetValueOrDefault(campaign);

    /// <summary>Adds the rows that are not there yet; those that are stay as they are.</summary>
    public async Task AddAsync(CampaignId campaign, IEnumerable<(Comparison Comparison, OpenRow Row)> rows, CancellationToken cancellation)
    {
        using var change = Changing(campaign);
        foreach (var (partition, chunk) in InTransactions(campaign, rows, r => r.Comparison.Id))
        {
            var inserts = chunk.Select(r => new TableOperation(TableOperationKind.Insert, OpenKeys.RowOf(r.Comparison), StorageExtensions.ToBody(r.Row))).ToList();
            if (await tables.WriteAsync(Table, partition, inserts, cancellation) is not null) continue;
            foreach (var insert in inserts) await tables.WriteAsync(Table, partition, [insert], cancellation);
        }
    }

    public async Task RemoveAsync(CampaignId campaign, IEnumerable<Comparison> comparisons, CancellationToken cancellation)
    {
        foreach (var (partition, chunk) in InTransactions(campaign, comparisons, c => c.Id))
        {
            foreach (var comparison in chunk) claimed.Remove((campaign, comparison.Id));
            await DeleteAsync(partition, [.. await FindRowsAsync(partition, [.. chunk.Select(OpenKeys.RowOf)], cancellation)], cancellation);
        }
    }

    /// <summary>Takes away a batch's rows whose priority was changed.</summary>
    public async Task RemoveMovedAsync(CampaignId campaign, BatchId batch, CancellationToken cancellation)
    {
        for (var shard = 0; shard < OpenKeys.Shards; shard++)
        {
            var partition = OpenKeys.PartitionOf(campaign, shard);
            // Again while there are any: one may be moved once more between reading and deleting.
            while (await moved.ReadAsync(partition, batch, cancellation) is { Count: > 0 } rows)
                foreach (var chunk in rows.Chunk(RowsPerTransaction / 2)) await RemoveMovedAsync(partition, batch, chunk, cancellation);
        }
    }

    /// <summary>Rows go together with what says where they are, or not at all: one that was moved meanwhile would never be found again.</summary>
    private async Task RemoveMovedAsync(string partition, BatchId batch, IReadOnlyList<(MovedRow Moved, string ETag)> rows, CancellationToken cancellation)
    {
        var there = await FindRowsAsync(partition, [.. rows.Select(r => r.Moved.Row)], cancellation);
        await tables.WriteAsync(Table, partition,
        [
            .. there.Select(row => new TableOperation(TableOperationKind.Delete, row)),
            .. rows.Select(r => new TableOperation(TableOperationKind.Delete, OpenKeys.MovedOf(batch, r.Moved.Comparison), ETag: r.ETag)),
        ], cancellation);
    }

    /// <summary>The comparisons of a batch whose priority was changed.</summary>
    public Task<IReadOnlySet<ComparisonId>> ReadMovedAsync(CampaignId campaign, BatchId batch, CancellationToken cancellation) => moved.ReadAsync(campaign, batch, cancellation);

    private async Task DeleteAsync(string partition, IReadOnlyList<string> rows, CancellationToken cancellation)
    {
        foreach (var chunk in rows.Chunk(RowsPerTransaction))
            await tables.WriteAsync(Table, partition, [.. chunk.Select(row => new TableOperation(TableOperationKind.Delete, row))], cancellation);
    }

    /// <summary>Those of these rows that are there. Most of a batch's have left with later claims, and a transaction is refused, and sent again, for each that is gone.</summary>
    private async Task<IReadOnlyList<string>> FindRowsAsync(string partition, HashSet<string> rows, CancellationToken cancellation)
    {
        if (rows.Count <= 1) return [.. rows];
        var found = await ReadKeysAsync(rows, LargestPage);
        if (found.Count < LargestPage) return [.. found.Where(rows.Contains)];
        // Between its first and its last priority stand many others: a range for each.
        var there = new List<string>();
        foreach (var one in rows.GroupBy(OpenKeys.PriorityOf)) there.AddRange((await ReadKeysAsync(one, null)).Where(rows.Contains));
        return there;

        ValueTask<List<string>> ReadKeysAsync(IEnumerable<string> keys, int? take) =>
            tables.QueryAsync(Table, partition, keys.Min(StringComparer.Ordinal), OpenKeys.Following(keys.Max(StringComparer.Ordinal)!), take, cancellation)
                .Select(r => r.Row).ToListAsync(cancellation);
    }

    public Task<StoredOpenRow?> FindAsync(CampaignId campaign, Comparison comparison, CancellationToken cancellation) =>
        FindAsync(campaign, comparison.Batch, comparison.Id, OpenKeys.RowOf(comparison), cancellation);

    /// <summary>Rows of a shard in order, with what this process knows of them: after <paramref name="after"/> (not included), up to <paramref name="upTo"/> (included).</summary>
    public async IAsyncEnumerable<StoredOpenRow> ReadAsync(
        CampaignId campaign, int shard, string after, string? upTo, int take, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (from, to) = (after.Length == 0 ? null : OpenKeys.Following(after), upTo is null ? OpenKeys.End : OpenKeys.Following(upTo));
        await foreach (var row in tables.QueryAsync(Table, OpenKeys.PartitionOf(campaign, shard), from, to, take, cancellation)) yield return judged.With(row.Partition, Read(row));
    }

    /// <returns>The row as stored, or null where somebody changed it meanwhile.</returns>
    public async Task<StoredOpenRow?> TryReplaceAsync(CampaignId campaign, StoredOpenRow stored, OpenRow changed, CancellationToken cancellation)
    {
        using var change = Changing(campaign);
        return await WriteAsync(campaign, stored, changed, cancellation);
    }

    private async Task<StoredOpenRow?> WriteAsync(CampaignId campaign, StoredOpenRow stored, OpenRow changed, CancellationToken cancellation)
    {
        judged.Take(OpenKeys.PartitionOf(campaign, changed.Comparison), stored);
        var etag = await tables.TryReplaceAsync(Table, OpenKeys.PartitionOf(campaign, changed.Comparison), stored.Key, changed, stored.ETag, cancellation);
        return etag is null ? null : Know(campaign, stored.Key, changed, etag);
    }

    /// <summary>Brings rows of one shard in line, all of them or none.</summary>
    public async Task TryReplaceAsync(CampaignId campaign, IReadOnlyList<(StoredOpenRow Stored, OpenRow Changed)> rows, CancellationToken cancellation)
    {
        if (rows.Count == 0) return;
        var partition = OpenKeys.PartitionOf(campaign, rows[0].Changed.Comparison);
        foreach (var (stored, _) in rows) judged.Take(partition, stored);
        await tables.WriteAsync(Table, partition, [.. rows.Select(r => Replace(r.Stored, r.Changed))], cancellation);
    }

    /// <summary>Claims a row. What this process saw ranked in the same shard leaves with it.</summary>
    /// <returns>The row as stored, or null where somebody changed it meanwhile.</returns>
    public async Task<StoredOpenRow?> TryClaimAsync(CampaignId campaign, StoredOpenRow stored, Claim claim, DateTimeOffset now, CancellationToken cancellation)
    {
        var partition = OpenKeys.PartitionOf(campaign, stored.Row.Comparison);
        var changed = (judged.Take(partition, stored) ?? stored.Row).Claimed(claim, now);
        var leaving = judged.TakeTogether(partition);
        if (leaving.Count > 0)
        {
            var operations = leaving.Select(j => j.Judged.IsClosed ? new(TableOperationKind.Delete, j.Known.Key, ETag: j.Known.ETag) : Replace(j.Known, j.Judged)).Prepend(Replace(stored, changed));
            if (await tables.WriteAsync(Table, partition, [.. operations], cancellation) is { } etags) return Know(campaign, stored.Key, changed, etags[0]!);
        }
        var claimed = await WriteAsync(campaign, stored, changed, cancellation);
        // It was the claim that failed, not they.
        if (claimed is null) judged.PutBack(partition, leaving);
        return claimed;
    }

    /// <summary>The ranking behind a claim counts. The row is written with a later claim.</summary>
    public void NoteJudged(CampaignId campaign, StoredOpenRow known, AnnotatorId annotator, RankingOutcome outcome) =>
        judged.Add(OpenKeys.PartitionOf(campaign, known.Row.Comparison), known, annotator, outcome);

    /// <summary>Changes one row under its ETag, again until it holds; a row that is closed by it leaves.</summary>
    /// <returns>False where there is no such row.</returns>
    public Task<bool> ChangeAsync(CampaignId campaign, Comparison comparison, Func<OpenRow, OpenRow> change, CancellationToken cancellation) =>
        ChangeAsync(campaign, comparison.Batch, comparison.Id, OpenKeys.RowOf(comparison), change, cancellation);

    private async Task<bool> ChangeAsync(CampaignId campaign, BatchId batch, ComparisonId comparison, string key, Func<OpenRow, OpenRow> change, CancellationToken cancellation)
    {
        while (await FindAsync(campaign, batch, comparison, key, cancellation) is { } stored)
        {
            var changed = change(stored.Row);
            var done = changed.IsClosed
                ? await tables.TryDeleteAsync(Table, OpenKeys.PartitionOf(campaign, comparison), stored.Key, stored.ETag, cancellation)
                : await TryReplaceAsync(campaign, stored, changed, cancellation) is not null;
            if (done) return true;
        }
        return false;
    }

    /// <summary>Gives rows of one shard other priorities, with all that they hold: who has one on the screen keeps it. Where somebody changed a row meanwhile, it is moved as it is then; where it has left, nothing happens.</summary>
    /// <param name="moves">Each comparison once.</param>
    public async Task ReprioritizeAsync(CampaignId campaign, IEnumerable<(StoredOpenRow Stored, int Priority)> moves, CancellationToken cancellation)
    {
        using var change = Changing(campaign);
        foreach (var chunk in moves.Where(m => m.Stored.Priority != m.Priority).Chunk(RowsPerTransaction / MovedRows.Operations))
        {
            if (await TryMoveAsync(campaign, chunk, cancellation)) continue;
            foreach (var (stored, priority) in chunk)
            {
                var now = stored;
                while (now is not null && now.Priority != priority && !await TryMoveAsync(campaign, [(now, priority)], cancellation))
                    now = await FindAsync(campaign, stored.Row.Batch, stored.Row.Comparison, stored.Key, cancellation);
            }
        }
    }

    /// <summary>All of them or none: nobody ever sees a row twice, or not at all.</summary>
    private async Task<bool> TryMoveAsync(CampaignId campaign, (StoredOpenRow Stored, int Priority)[] moves, CancellationToken cancellation)
    {
        var partition = OpenKeys.PartitionOf(campaign, moves[0].Stored.Row.Comparison);
        var rows = moves.Select(m => (m.Stored, Row: judged.Take(partition, m.Stored) ?? m.Stored.Row, Key: OpenKeys.RowOf(m.Priority, m.Stored.Row.Batch, m.Stored.Row.Comparison))).ToList();
        if (await tables.WriteAsync(Table, partition, [.. rows.SelectMany(r => MovedRows.Move(r.Stored, r.Row, r.Key))], cancellation) is not { } etags) return false;
        for (var i = 0; i < rows.Count; i++) Know(campaign, rows[i].Key, rows[i].Row, etags[(MovedRows.Operations * i) + MovedRows.Insertion]!);
        return true;
    }

    /// <summary>Lowers the overlap of all rows that ask for more; those that have enough leave. Idempotent.</summary>
    /// <param name="overlapOf">What a row may ask for.</param>
    public async Task LowerAsync(CampaignId campaign, Func<OpenRow, int> overlapOf, CancellationToken cancellation)
    {
        await foreach (var page in ReadPagesAsync(campaign, cancellation))
        {
            foreach (var stored in page.Where(r => r.Row.Overlap > overlapOf(r.Row)))
                await ChangeAsync(campaign, stored.Row.Batch, stored.Row.Comparison, stored.Key, r => r with { Overlap = Math.Min(r.Overlap, overlapOf(r)) }, cancellation);
        }
    }

    /// <summary>All open rows of a campaign, shard by shard, in pages.</summary>
    public async IAsyncEnumerable<IReadOnlyList<StoredOpenRow>> ReadPagesAsync(CampaignId campaign, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var shard = 0; shard < OpenKeys.Shards; shard++)
        {
            var after = "";
            List<StoredOpenRow> page;
            do
            {
                page = await ReadAsync(campaign, shard, after, null, LargestPage, cancellation).ToListAsync(cancellation);
                if (page.Count > 0) yield return page;
                after = page.Count > 0 ? page[^1].Key : after;
            }
            while (page.Count == LargestPage);
        }
    }

    public void Dispose() => claimed.Dispose();

    /// <summary>The row as this process knows it, while the annotator's claim runs: nobody else is given that place then. Null where it is not known.</summary>
    /// <remarks>A release through another process is not seen here. Somebody who gives a task back and ranks it all the same may so be counted beside the one who has it now: a vote more than asked for.</remarks>
    public StoredOpenRow? FindClaimed(CampaignId campaign, ComparisonId comparison, AnnotatorId annotator, DateTimeOffset now) =>
        claimed.TryGetValue((campaign, comparison), out StoredOpenRow? stored) && stored!.Row.HoldsAt(annotator, now) ? stored : null;

    /// <summary>What is read while a change is under way may be from before it, so the version grows when it is through.</summary>
    private Change Changing(CampaignId campaign) => new(() => versions.AddOrUpdate(campaign, 1, (_, version) => version + 1));

    private StoredOpenRow Know(CampaignId campaign, string key, OpenRow row, string etag)
    {
        var stored = new StoredOpenRow(row, key, etag);
        if (row.Claims.Count > 0) claimed.Set((campaign, row.Comparison), stored, new MemoryCacheEntryOptions { Size = 1 });
        else claimed.Remove((campaign, row.Comparison));
        return stored;
    }

    private static TableOperation Replace(StoredOpenRow stored, OpenRow changed) => new(TableOperationKind.Replace, stored.Key, StorageExtensions.ToBody(changed), stored.ETag);

    /// <summary>The comparison's row by this key, or by the one that it was moved to.</summary>
    private async Task<StoredOpenRow?> FindAsync(CampaignId campaign, BatchId batch, ComparisonId comparison, string key, CancellationToken cancellation)
    {
        var partition = OpenKeys.PartitionOf(campaign, comparison);
        while (true)
        {
            if (await tables.FindAsync(Table, partition, key, cancellation) is { } row) return Read(row);
            var now = await moved.FindAsync(partition, batch, comparison, cancellation);
            if (now is null || now == key) return null;
            key = now;
        }
    }

    private static StoredOpenRow Read(TableRow row) => new(row.ReadBody<OpenRow>(), row.Row, row.ETag);

    private static IEnumerable<(string Partition, T[] Rows)> InTransactions<T>(CampaignId campaign, IEnumerable<T> rows, Func<T, ComparisonId> comparison) =>
        from row in rows
        group row by OpenKeys.PartitionOf(campaign, comparison(row)) into shard
        from chunk in shard.Chunk(RowsPerTransaction)
        select (shard.Key, chunk);

    private sealed class Change(Action through) : IDisposable
    {
        public void Dispose() => through();
    }
}

/// <param name="Key">Begins with its priority.</param>
public sealed record StoredOpenRow(OpenRow Row, string Key, string ETag)
{
    public int Priority => OpenKeys.PriorityOf(Key);
}
