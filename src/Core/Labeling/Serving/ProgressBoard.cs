using System.Collections.Concurrent;
using Rlhf.Campaigns;

namespace Rlhf.Labeling.Serving;

/// <summary>A campaign's counts for the form. Closed batches bring their counts along; only the few open ones are counted, at most every few seconds in a process, which adds what it completes itself in between.</summary>
public sealed class ProgressBoard(CampaignStore campaigns, ComparisonStore comparisons, RankingStore rankings, OverlapReader overlaps, TimeProvider time)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<CampaignId, Entry> entries = new();

    /// <summary>A comparison that this process saw completed or closed.</summary>
    public void NoteDone(CampaignId campaign)
    {
        if (entries.TryGetValue(campaign, out var entry) && entry.Counts is { } counts) entry.Counts = counts with { Complete = counts.Complete + 1 };
    }

    /// <summary>Counts at most some seconds old, or older ones while newer are being counted.</summary>
    public async Task<BatchCounts> GetAsync(CampaignId campaign, CancellationToken cancellation = default)
    {
        var entry = entries.GetOrAdd(campaign, _ => new());
        if (entry.Counts is { } known && time.GetUtcNow() - entry.CountedAt < FreshFor) return known;
        var patience = entry.Counts is null ? Timeout.InfiniteTimeSpan : TimeSpan.Zero;
        if (!await entry.Gate.WaitAsync(patience, cancellation)) return entry.Counts!;
        try
        {
            entry.CountedAt = time.GetUtcNow();
            return entry.Counts = await CountAsync(campaign, cancellation);
        }
        finally
        {
            entry.Gate.Release();
        }
    }

    /// <summary>Counts now, from the rows.</summary>
    public async Task<BatchCounts> CountAsync(CampaignId campaign, CancellationToken cancellation = default)
    {
        var counts = BatchCounts.Empty;
        var limits = await overlaps.ReadAsync(await campaigns.GetAsync(campaign, cancellation), cancellation);
        foreach (var batch in await comparisons.ListPublishedAsync(campaign, cancellation))
        {
            counts += batch.Closed ?? BatchCounts.Of(
                limits.Of(await comparisons.ReadBatchAsync(campaign, batch.Batch, cancellation)), await rankings.ReadBatchAsync(batch.Batch, cancellation));
        }
        return counts;
    }

    private sealed class Entry
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public BatchCounts? Counts { get; set; }

        public DateTimeOffset CountedAt { get; set; }
    }
}
