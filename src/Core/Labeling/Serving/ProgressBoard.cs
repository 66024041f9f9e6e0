using System.Collections.Concurrent;
using Rlhf.Campaigns;

namespace Rlhf.Labeling.Serving;

/// <summary>A campaign's counts for the form. Closed batches bring their counts along; only the few open ones are counted, at most every few seconds in a process, which adds what it completes itself in between.</summary>
public sealed class ProgressBoard(CampaignStore campaigns, ComparisonStore comparisons, RankingStore rankings, OverlapReader overlaps, TimeProvider time)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(2);

    /// <summary>A small campaign is counted within this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);

    /// <summary>At most a twentieth of a processor goes into counting again and again.</summary>
    private const int TimesItTook = 20;

    private readonly ConcurrentDictionary<CampaignId, Entry> entries = new();

    /// <summary>A comparison that this process saw completed or closed.</summary>
    public void NoteDone(CampaignId campaign)
    {
        if (entries.TryGetValue(campaign, out var entry) && entry.Counts is { } counts) entry.Counts = counts with { Complete = counts.Complete + 1 };
    }

    /// <summary>Counts at most some seconds old, or older ones while newer are being counted: nobody waits for a large campaign's, whose counts hold the longer the longer they took.</summary>
    public async Task<BatchCounts> GetAsync(CampaignId campaign, CancellationToken cancellation = default)
    {
        var entry = entries.GetOrAdd(campaign, _ => new());
        if (entry.Counts is { } fresh && time.GetUtcNow() < entry.FreshUntil) return fresh;
        var counting = entry.Count(() => KeepAsync(campaign, entry));
        if (entry.Counts is not { } known) return await counting.WaitAsync(cancellation);
        await Task.WhenAny(counting, Task.Delay(Patience, cancellation));
        return counting.IsCompletedSuccessfully ? await counting : known;
    }

    private async Task<BatchCounts> KeepAsync(CampaignId campaign, Entry entry)
    {
        var begun = time.GetTimestamp();
        var counts = await CountAsync(campaign);
        var lasts = time.GetElapsedTime(begun) * TimesItTook;
        entry.FreshUntil = time.GetUtcNow() + (lasts > FreshFor ? lasts : FreshFor);
        return entry.Counts = counts;
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
        private readonly Lock gate = new();
        private Task<BatchCounts>? counting;

        public BatchCounts? Counts { get; set; }

        public DateTimeOffset FreshUntil { get; set; }

        /// <summary>The counting that goes on, or a new one.</summary>
        public Task<BatchCounts> Count(Func<Task<BatchCounts>> count)
        {
            lock (gate) return counting is { IsCompleted: false } ? counting : counting = Task.Run(count);
        }
    }
}
