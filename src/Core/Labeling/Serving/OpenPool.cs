using System.Collections.Concurrent;

namespace Rlhf.Labeling.Serving;

/// <summary>Open rows that a scan has read and not used, for whoever scans the same shard next in this process. Only ever a shortcut: a claim is guarded by its row's ETag,
/// and where nothing here can be claimed, the table is read.</summary>
internal sealed class OpenPool(TimeProvider time)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(CampaignId, int Shard), Shelf> shelves = new();

    private readonly ConcurrentDictionary<(CampaignId, int Shard), SemaphoreSlim> turns = new();

    /// <summary>One at a time reads a shard: those who wait find what it has left over.</summary>
    public async Task<IDisposable> EnterAsync(CampaignId campaign, int shard, CancellationToken cancellation)
    {
        var turn = turns.GetOrAdd((campaign, shard), _ => new(1));
        await turn.WaitAsync(cancellation);
        return new Turn(turn);
    }

    /// <summary>Puts a page's rows in the place of what was there, but for those that somebody here is claiming.</summary>
    public void Fill(CampaignId campaign, int shard, IEnumerable<StoredOpenRow> rows)
    {
        var taken = shelves.TryGetValue((campaign, shard), out var before) ? before.Taken : [];
        shelves[(campaign, shard)] = new(new(rows.Where(r => !taken.ContainsKey((r.Key, r.ETag))).ToDictionary(r => r.Key)), [], time.GetUtcNow());
    }

    /// <summary>One of the most wanted rows behind <paramref name="after"/> (up to <paramref name="upTo"/>) that may be claimed, taken out; null where there is none.</summary>
    public StoredOpenRow? Take(CampaignId campaign, int shard, string after, string? upTo, Predicate<StoredOpenRow> isFree)
    {
        if (!shelves.TryGetValue((campaign, shard), out var shelf) || time.GetUtcNow() - shelf.FilledAt >= FreshFor) return null;
        var inReach = shelf.Rows.Values.Where(r => string.CompareOrdinal(r.Key, after) > 0 && (upTo is null || string.CompareOrdinal(r.Key, upTo) <= 0) && isFree(r));
        // Sorting is stable: those of one priority stay in the shelf's order, which is none.
        return inReach.OrderBy(r => r.Priority).FirstOrDefault(r => shelf.Rows.TryRemove(r.Key, out _) && shelf.Taken.TryAdd((r.Key, r.ETag), true));
    }

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }

    /// <param name="Taken">What was taken from it; rows written together may share an ETag.</param>
    private sealed record Shelf(ConcurrentDictionary<string, StoredOpenRow> Rows, ConcurrentDictionary<(string Key, string ETag), bool> Taken, DateTimeOffset FilledAt);
}
