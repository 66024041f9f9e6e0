using System.Runtime.CompilerServices;
using Microsoft.Extensions.Caching.Memory;
using Rlhf.Storage;

namespace Rlhf.Labeling;

/// <summary>Rankings are the truth; pairs, progress and open rows are derived from them. Table <c>rankings</c>: partition = batch, row = comparison~annotator, and <c>!closed</c> once the batch takes no more.</summary>
public sealed class RankingStore : IDisposable
{
    public const string Table = "rankings";

    private const int RowsPerTransaction = 100;

    // Before every comparison's rows.
    private const string ClosedRow = "!closed";

    private const int LooksInMemory = 200;

    private readonly ITableStore tables;
    private readonly TimeProvider time;
    private readonly SharedReads<BatchId, RankingLook> looks;
    private readonly MemoryCache recent = new(new MemoryCacheOptions { SizeLimit = LooksInMemory });

    public RankingStore(ITableStore tables, TimeProvider time)
    {
        (this.tables, this.time) = (tables, time);
        looks = new(ReadLookAsync);
    }

    /// <summary>A batch's rankings as they are after this call, in one request that callers who come together share.</summary>
    public Task<RankingLook> LookAsync(BatchId batch) => looks.ReadAsync(batch);

    /// <summary>The same, or what somebody in this process saw at most <paramref name="age"/> ago. Every ranking made through this process is in it, since a look follows each.</summary>
    public Task<RankingLook> LookRecentAsync(BatchId batch, TimeSpan age) =>
        recent.TryGetValue(batch, out (RankingLook Look, DateTimeOffset At) seen) && time.GetUtcNow() - seen.At < age ? Task.FromResult(seen.Look) : LookAsync(batch);

    /// <summary>Says that the batch takes no more: whoever has not seen this when its ranking was written is in what is read afterwards. Idempotent.</summary>
    public Task CloseAsync(BatchId batch, CancellationToken cancellation = default) =>
        tables.TryInsertAsync(Table, batch.Value, ClosedRow, new ClosedBatch(batch), cancellation);

    /// <summary>All rankings of a batch, extra ones included, by comparison and annotator.</summary>
    public async Task<IReadOnlyList<Ranking>> ReadBatchAsync(BatchId batch, CancellationToken cancellation = default)
    {
        var rankings = new List<Ranking>();
        await foreach (var ranking in StreamBatchAsync(batch, cancellation)) rankings.Add(ranking);
        return rankings;
    }

    public async IAsyncEnumerable<Ranking> StreamBatchAsync(BatchId batch, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var row in tables.QueryAsync(Table, batch.Value, cancellation: cancellation))
            if (row.Row != ClosedRow) yield return row.ReadBody<Ranking>();
    }

    /// <summary>Null where this annotator has not ranked this comparison.</summary>
    public async Task<StoredRanking?> FindAsync(BatchId batch, ComparisonId comparison, AnnotatorId annotator, CancellationToken cancellation = default)
    {
        var row = await tables.FindAsync(Table, batch.Value, RowOf(comparison, annotator), cancellation);
        return row is null ? null : new(row.ReadBody<Ranking>(), row.ETag);
    }

    /// <returns>The new ETag, or null where this annotator's ranking is there already.</returns>
    public Task<string?> TryInsertAsync(Ranking ranking, CancellationToken cancellation = default) =>
        tables.TryInsertAsync(Table, ranking.Batch.Value, RowOf(ranking.Comparison, ranking.Annotator), ranking, cancellation);

    /// <summary>Rankings of one batch that come together; those that are there already are written again.</summary>
    internal async Task AddAllAsync(BatchId batch, IReadOnlyList<Ranking> rankings, CancellationToken cancellation)
    {
        foreach (var chunk in rankings.Chunk(RowsPerTransaction))
            await tables.WriteAsync(Table, batch.Value, [.. chunk.Select(r => new TableOperation(TableOperationKind.Upsert, RowOf(r.Comparison, r.Annotator), StorageExtensions.ToBody(r)))], cancellation);
    }

    /// <returns>The new ETag, or null where somebody was faster.</returns>
    public Task<string?> TryReplaceAsync(Ranking ranking, string etag, CancellationToken cancellation = default) =>
        tables.TryReplaceAsync(Table, ranking.Batch.Value, RowOf(ranking.Comparison, ranking.Annotator), ranking, etag, cancellation);

    /// <returns>Whether it went; false where somebody was faster.</returns>
    public Task<bool> TryDeleteAsync(StoredRanking stored, CancellationToken cancellation = default) =>
        tables.TryDeleteAsync(Table, stored.Ranking.Batch.Value, RowOf(stored.Ranking.Comparison, stored.Ranking.Annotator), stored.ETag, cancellation);

    public void Dispose() => recent.Dispose();

    private async Task<RankingLook> ReadLookAsync(BatchId batch)
    {
        var at = time.GetUtcNow();
        var rows = await tables.QueryAsync(Table, batch.Value).ToListAsync();
        var look = new RankingLook([.. rows.Where(r => r.Row != ClosedRow).Select(r => r.ReadBody<Ranking>())], rows.Exists(r => r.Row == ClosedRow));
        recent.Set(batch, (look, at), new MemoryCacheEntryOptions { Size = 1 });
        return look;
    }

    private static string RowOf(ComparisonId comparison, AnnotatorId annotator) => $"{comparison}~{annotator}";
}

public sealed record StoredRanking(Ranking Ranking, string ETag);

/// <param name="Rankings">All of a batch, extra ones included.</param>
/// <param name="IsClosed">The batch takes no more.</param>
public sealed record RankingLook(IReadOnlyList<Ranking> Rankings, bool IsClosed)
{
    /// <summary>Those that count of one comparison, of everybody but <paramref name="annotator"/>.</summary>
    public IReadOnlyList<Ranking> OthersOf(ComparisonId comparison, AnnotatorId annotator) =>
        [.. Rankings.Where(r => r.Comparison == comparison && r.Annotator != annotator && !r.Extra)];
}

internal sealed record ClosedBatch(BatchId Batch);
