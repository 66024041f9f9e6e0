using System.Buffers.Binary;
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

    private const int ClaimsInMemory = 10_000;

    // Rows as they are since this process claimed them: whoever judges one need not read it first.
    private readonly MemoryCache claimed = new(new MemoryCacheOptions { SizeLimit = ClaimsInMemory });

    /// <summary>Priorities sort as text: 000 comes first.</summary>
    private const string OrdinaryPriority = "500";

    public static int ShardOf(string key) => (int)(BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(key))) % Shards);

    public static string RowOf(BatchId batch, ComparisonId comparison) => $"{OrdinaryPriority}~{batch}~{comparison}";

    /// <summary>Adds the rows that are not there yet; those that are stay as they are.</summary>
    public async Task AddAsync(CampaignId campaign, IEnumerable<OpenRow> rows, CancellationToken cancellation)
    {
        foreach (var (partition, chunk) in InTransactions(campaign, rows, r => r.Comparison))
        {
            var inserts = chunk.Select(r => new TableOperation(TableOperationKind.Insert, RowOf(r.Batch, r.Comparison), StorageExtensions.ToBody(r))).ToList();
            if (await tables.WriteAsync(Table, partition, inserts, cancellation) is not null) continue;
            foreach (var insert in inserts) await tables.WriteAsync(Table, partition, [insert], cancellation);
        }
    }

    public async Task RemoveAsync(CampaignId campaign, IEnumerable<Comparison> comparisons, CancellationToken cancellation)
    {
        foreach (var (partition, chunk) in InTransactions(campaign, comparisons, c => c.Id))
        {
            foreach (var comparison in chunk) claimed.Remove((campaign, comparison.Id));
            await tables.WriteAsync(Table, partition, [.. chunk.Select(c => new TableOperation(TableOperationKind.Delete, RowOf(c.Batch, c.Id)))], cancellation);
        }
    }

    public async Task<StoredOpenRow?> FindAsync(CampaignId campaign, BatchId batch, ComparisonId comparison, CancellationToken cancellation)
    {
        var row = await tables.FindAsync(Table, PartitionOf(campaign, comparison), RowOf(batch, comparison), cancellation);
        return row is null ? null : Read(row);
    }

    /// <summary>Rows of a shard in order: after <paramref name="after"/> (not included), up to <paramref name="upTo"/> (included).</summary>
    public async IAsyncEnumerable<StoredOpenRow> ReadAsync(
        CampaignId campaign, int shard, string after, string? upTo, int take, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var rows = tables.QueryAsync(Table, $"{campaign}~{shard}", after.Length == 0 ? null : Following(after), upTo is null ? null : Following(upTo), take, cancellation);
        await foreach (var row in rows) yield return Read(row);
    }

    /// <returns>The row as stored, or null where somebody changed it meanwhile.</returns>
    public async Task<StoredOpenRow?> TryReplaceAsync(CampaignId campaign, StoredOpenRow stored, OpenRow changed, CancellationToken cancellation)
    {
        var etag = await tables.TryReplaceAsync(Table, PartitionOf(campaign, changed.Comparison), stored.Key, changed, stored.ETag, cancellation);
        if (etag is null) return null;
        var replaced = new StoredOpenRow(changed, stored.Key, etag);
        if (changed.Claims.Count > 0) claimed.Set((campaign, changed.Comparison), replaced, new MemoryCacheEntryOptions { Size = 1 });
        return replaced;
    }

    public Task<bool> ChangeAsync(CampaignId campaign, BatchId batch, ComparisonId comparison, Func<OpenRow, OpenRow> change, CancellationToken cancellation) =>
        ChangeAsync(campaign, batch, comparison, change, null, cancellation);

    /// <summary>Changes one row under its ETag, again until it holds; a row that is closed by it leaves.</summary>
    /// <param name="known">The row where the caller has read it already; it saves a read.</param>
    /// <returns>False where there is no such row.</returns>
    public async Task<bool> ChangeAsync(
        CampaignId campaign, BatchId batch, ComparisonId comparison, Func<OpenRow, OpenRow> change, StoredOpenRow? known, CancellationToken cancellation)
    {
        for (var stored = known ?? await FindAsync(campaign, batch, comparison, cancellation); stored is not null; stored = await FindAsync(campaign, batch, comparison, cancellation))
        {
            var changed = change(stored.Row);
            var done = changed.IsClosed
                ? await tables.TryDeleteAsync(Table, PartitionOf(campaign, comparison), stored.Key, stored.ETag, cancellation)
                : await TryReplaceAsync(campaign, stored, changed, cancellation) is not null;
            if (done) return true;
        }
        return false;
    }

    /// <summary>Lowers the overlap of all rows that ask for more; those that have enough leave. Idempotent.</summary>
    public async Task LowerAsync(CampaignId campaign, int overlap, CancellationToken cancellation)
    {
        for (var shard = 0; shard < Shards; shard++)
        {
            var after = "";
            List<StoredOpenRow> page;
            do
            {
                page = await ReadAsync(campaign, shard, after, null, RowsPerTransaction, cancellation).ToListAsync(cancellation);
                foreach (var row in page.Select(r => r.Row).Where(r => r.Overlap > overlap))
                    await ChangeAsync(campaign, row.Batch, row.Comparison, r => r with { Overlap = Math.Min(r.Overlap, overlap) }, cancellation);
                after = page.Count > 0 ? page[^1].Key : after;
            }
            while (page.Count == RowsPerTransaction);
        }
    }

    public void Dispose() => claimed.Dispose();

    /// <summary>The row as this process claimed it for the annotator, while that claim runs: nobody else takes it away then but its batch's end, and the ETag says so. Null where it is not known.</summary>
    public StoredOpenRow? FindClaimed(CampaignId campaign, ComparisonId comparison, AnnotatorId annotator, DateTimeOffset now)
    {
        if (!claimed.TryGetValue((campaign, comparison), out StoredOpenRow? stored)) return null;
        claimed.Remove((campaign, comparison));
        return stored!.Row.LiveClaims(now).Any(c => c.Annotator == annotator) ? stored : null;
    }

    private static string PartitionOf(CampaignId campaign, ComparisonId comparison) => $"{campaign}~{ShardOf(comparison.Value)}";

    /// <summary>The first key after <paramref name="key"/>: keys use nothing below '-', so '!' comes before every longer one.</summary>
    private static string Following(string key) => key + "!";

    private static StoredOpenRow Read(TableRow row) => new(row.ReadBody<OpenRow>(), row.Row, row.ETag);

    private static IEnumerable<(string Partition, T[] Rows)> InTransactions<T>(CampaignId campaign, IEnumerable<T> rows, Func<T, ComparisonId> comparison) =>
        from row in rows
        group row by PartitionOf(campaign, comparison(row)) into shard
        from chunk in shard.Chunk(RowsPerTransaction)
        select (shard.Key, chunk);
}

public sealed record StoredOpenRow(OpenRow Row, string Key, string ETag);
