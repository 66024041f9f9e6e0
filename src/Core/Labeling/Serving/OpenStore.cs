using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Memory;
using Rlhf.Storage;

namespace Rlhf.Labeling.Serving;

/// <summary>The rows of table <c>open</c>.</summary>
public sealed class OpenStore(ITableStore tables) : IDisposable
{
    public const string Table = "open";

    /// <summary>Partitions a campaign's open rows are spread over, so that no single one takes all the writes.</summary>
    public const int Shards = 4;

    private const int RowsPerTransaction = 100;

    private const int LargestPage = 1_000;

    private const int ClaimsInMemory = 10_000;

    private readonly JudgedRows judged = new();

    private readonly ConcurrentDictionary<CampaignId, int> versions = new();

    // Rows as they are since this process claimed them: whoever judges one need not read it first.
    private readonly MemoryCache claimed = new(new MemoryCacheOptions { SizeLimit = ClaimsInMemory });

    public static int ShardOf(string key) => (int)(BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(key))) % Shards);

    /// <summary>Priorities sort as text: 000 comes first.</summary>
    public static string RowOf(Comparison comparison) => string.Create(CultureInfo.InvariantCulture, $"{comparison.Priority:D3}~{comparison.Batch}~{comparison.Id}");

    /// <summary>Grows whenever this process adds a row or changes one otherwise than by claiming it or counting what was claimed: a place may be free that was not.</summary>
    public int VersionOf(CampaignId campaign) => versions.GetValueOrDefault(campaign);

    /// <summary>Adds the rows that are not there yet; those that are stay as they are.</summary>
    public async Task AddAsync(CampaignId campaign, IEnumerable<(Comparison Comparison, OpenRow Row)> rows, CancellationToken cancellation)
    {
        using var change = Changing(campaign);
        foreach (var (partition, chunk) in InTransactions(campaign, rows, r => r.Comparison.Id))
        {
            var inserts = chunk.Select(r => new TableOperation(TableOperationKind.Insert, RowOf(r.Comparison), StorageExtensions.ToBody(r.Row))).ToList();
            if (await tables.WriteAsync(Table, partition, inserts, cancellation) is not null) continue;
            foreach (var insert in inserts) await tables.WriteAsync(Table, partition, [insert], cancellation);
        }
    }

    public async Task RemoveAsync(CampaignId campaign, IEnumerable<Comparison> comparisons, CancellationToken cancellation)
    {
        foreach (var (partition, chunk) in InTransactions(campaign, comparisons, c => c.Id))
        {
            foreach (var comparison in chunk) claimed.Remove((campaign, comparison.Id));
            var there = await FindRowsAsync(partition, [.. chunk.Select(RowOf)], cancellation);
            if (there.Count > 0) await tables.WriteAsync(Table, partition, [.. there.Select(row => new TableOperation(TableOperationKind.Delete, row))], cancellation);
        }
    }

    /// <summary>Those of these rows that are there. Most of a batch's have left with later claims, and a transaction is refused, and sent again, for each that is gone.</summary>
    private async Task<IReadOnlyList<string>> FindRowsAsync(string partition, HashSet<string> rows, CancellationToken cancellation)
    {
        if (rows.Count == 1) return [.. rows];
        var found = await ReadKeysAsync(rows, LargestPage);
        if (found.Count < LargestPage) return [.. found.Where(rows.Contains)];
        // Between its first and its last priority stand many others: a range for each.
        var there = new List<string>();
        foreach (var one in rows.GroupBy(PriorityOf)) there.AddRange((await ReadKeysAsync(one, null)).Where(rows.Contains));
        return there;

        ValueTask<List<string>> ReadKeysAsync(IEnumerable<string> keys, int? take) =>
            tables.QueryAsync(Table, partition, keys.Min(StringComparer.Ordinal), Following(keys.Max(StringComparer.Ordinal)!), take, cancellation).Select(r => r.Row).ToListAsync(cancellation);
    }

    public Task<StoredOpenRow?> FindAsync(CampaignId campaign, Comparison comparison, CancellationToken cancellation) =>
        FindAsync(PartitionOf(campaign, comparison.Id), RowOf(comparison), cancellation);

    /// <summary>Rows of a shard in order, with what this process knows of them: after <paramref name="after"/> (not included), up to <paramref name="upTo"/> (included).</summary>
    public async IAsyncEnumerable<StoredOpenRow> ReadAsync(
        CampaignId campaign, int shard, string after, string? upTo, int take, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var rows = tables.QueryAsync(Table, $"{campaign}~{shard}", after.Length == 0 ? null : Following(after), upTo is null ? null : Following(upTo), take, cancellation);
        await foreach (var row in rows) yield return judged.With(row.Partition, Read(row));
    }

    /// <returns>The row as stored, or null where somebody changed it meanwhile.</returns>
    public async Task<StoredOpenRow?> TryReplaceAsync(CampaignId campaign, StoredOpenRow stored, OpenRow changed, CancellationToken cancellation)
    {
        using var change = Changing(campaign);
        return await WriteAsync(campaign, stored, changed, cancellation);
    }

    private async Task<StoredOpenRow?> WriteAsync(CampaignId campaign, StoredOpenRow stored, OpenRow changed, CancellationToken cancellation)
    {
        judged.Take(PartitionOf(campaign, changed.Comparison), stored);
        var etag = await tables.TryReplaceAsync(Table, PartitionOf(campaign, changed.Comparison), stored.Key, changed, stored.ETag, cancellation);
        return etag is null ? null : Know(campaign, stored.Key, changed, etag);
    }

    /// <summary>Brings rows of one shard in line, all of them or none.</summary>
    public async Task TryReplaceAsync(CampaignId campaign, IReadOnlyList<(StoredOpenRow Stored, OpenRow Changed)> rows, CancellationToken cancellation)
    {
        if (rows.Count == 0) return;
        var partition = PartitionOf(campaign, rows[0].Changed.Comparison);
        foreach (var (stored, _) in rows) judged.Take(partition, stored);
        await tables.WriteAsync(Table, partition, [.. rows.Select(r => Replace(r.Stored, r.Changed))], cancellation);
    }

    /// <summary>Claims a row. What this process saw ranked in the same shard leaves with it.</summary>
    /// <returns>The row as stored, or null where somebody changed it meanwhile.</returns>
    public async Task<StoredOpenRow?> TryClaimAsync(CampaignId campaign, StoredOpenRow stored, Claim claim, DateTimeOffset now, CancellationToken cancellation)
    {
        var partition = PartitionOf(campaign, stored.Row.Comparison);
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
        judged.Add(PartitionOf(campaign, known.Row.Comparison), known, annotator, outcome);

    /// <summary>Changes one row under its ETag, again until it holds; a row that is closed by it leaves.</summary>
    /// <returns>False where there is no such row.</returns>
    public Task<bool> ChangeAsync(CampaignId campaign, Comparison comparison, Func<OpenRow, OpenRow> change, CancellationToken cancellation) =>
        ChangeAsync(campaign, comparison.Id, RowOf(comparison), change, cancellation);

    private async Task<bool> ChangeAsync(CampaignId campaign, ComparisonId comparison, string key, Func<OpenRow, OpenRow> change, CancellationToken cancellation)
    {
        var partition = PartitionOf(campaign, comparison);
        while (await FindAsync(partition, key, cancellation) is { } stored)
        {
            var changed = change(stored.Row);
            var done = changed.IsClosed
                ? await tables.TryDeleteAsync(Table, partition, stored.Key, stored.ETag, cancellation)
                : await TryReplaceAsync(campaign, stored, changed, cancellation) is not null;
            if (done) return true;
        }
        return false;
    }

    /// <summary>Lowers the overlap of all rows that ask for more; those that have enough leave. Idempotent.</summary>
    /// <param name="overlapOf">What a row may ask for.</param>
    public async Task LowerAsync(CampaignId campaign, Func<OpenRow, int> overlapOf, CancellationToken cancellation)
    {
        for (var shard = 0; shard < Shards; shard++)
        {
            var after = "";
            List<StoredOpenRow> page;
            do
            {
                page = await ReadAsync(campaign, shard, after, null, RowsPerTransaction, cancellation).ToListAsync(cancellation);
                foreach (var stored in page.Where(r => r.Row.Overlap > overlapOf(r.Row)))
                    await ChangeAsync(campaign, stored.Row.Comparison, stored.Key, r => r with { Overlap = Math.Min(r.Overlap, overlapOf(r)) }, cancellation);
                after = page.Count > 0 ? page[^1].Key : after;
            }
            while (page.Count == RowsPerTransaction);
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

    private static string PartitionOf(CampaignId campaign, ComparisonId comparison) => $"{campaign}~{ShardOf(comparison.Value)}";

    /// <summary>The first key after <paramref name="key"/>: keys use nothing below '-', so '!' comes before every longer one.</summary>
    private static string Following(string key) => key + "!";

    private static string PriorityOf(string key) => key[..key.IndexOf('~', StringComparison.Ordinal)];

    private async Task<StoredOpenRow?> FindAsync(string partition, string key, CancellationToken cancellation) =>
        await tables.FindAsync(Table, partition, key, cancellation) is { } row ? Read(row) : null;

    private static StoredOpenRow Read(TableRow row) => new(row.ReadBody<OpenRow>(), row.Row, row.ETag);

    private static IEnumerable<(string Partition, T[] Rows)> InTransactions<T>(CampaignId campaign, IEnumerable<T> rows, Func<T, ComparisonId> comparison) =>
        from row in rows
        group row by PartitionOf(campaign, comparison(row)) into shard
        from chunk in shard.Chunk(RowsPerTransaction)
        select (shard.Key, chunk);

    private sealed class Change(Action through) : IDisposable
    {
        public void Dispose() => through();
    }
}

public sealed record StoredOpenRow(OpenRow Row, string Key, string ETag);
