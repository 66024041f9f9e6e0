using System.Collections.Concurrent;
using Rlhf.Campaigns;

namespace Rlhf.Labeling.Serving;

/// <summary>A campaign's counts for the form. Closed batches bring their counts along, and which batches there are is read every few seconds; an open one is counted by whoever looks at its rankings anyway,
/// and read only where nobody in this process has for a while.</summary>
public sealed class ProgressBoard(CampaignStore campaigns, ComparisonStore comparisons, RankingStore rankings, OverlapReader overlaps, TimeProvider time)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(2);

    /// <summary>How old an open batch's own counts may be: rankings made through other processes are seen after this.</summary>
    private static readonly TimeSpan LookFreshFor = TimeSpan.FromSeconds(15);

    /// <summary>A small campaign is counted within this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);

    /// <summary>At most a twentieth of a processor goes into counting again and again.</summary>
    private const int TimesItTook = 20;

    private readonly ConcurrentDictionary<CampaignId, Entry> entries = new();

    /// <summary>A batch's rankings were just read.</summary>
    public void Note(CampaignId campaign, BatchId batch, IReadOnlyList<Comparison> asked, IReadOnlyList<Ranking> ranked) =>
        EntryOf(campaign).Note(batch, new(BatchCounts.Of(asked, ranked), time.GetUtcNow()));

    /// <summary>Counts at most some seconds old, or older ones while newer are being counted: nobody waits for a large campaign's, whose counts hold the longer the longer they took.</summary>
    public async Task<BatchCounts> GetAsync(CampaignId campaign, CancellationToken cancellation = default)
    {
        var entry = EntryOf(campaign);
        if (entry.Counts is { } fresh && time.GetUtcNow() < entry.FreshUntil) return fresh;
        var counting = entry.Count(() => KeepAsync(campaign, entry));
        if (entry.Counts is not { } known) return await counting.WaitAsync(cancellation);
        await Task.WhenAny(counting, Task.Delay(Patience, cancellation));
        return counting.IsCompletedSuccessfully ? await counting : known;
    }

    /// <summary>Counts now, from the rows.</summary>
    public Task<BatchCounts> CountAsync(CampaignId campaign, CancellationToken cancellation = default) => CountAsync(campaign, new(), cancellation);

    private async Task<BatchCounts> KeepAsync(CampaignId campaign, Entry entry)
    {
        var begun = time.GetTimestamp();
        var counts = await CountAsync(campaign, entry, CancellationToken.None);
        var lasts = time.GetElapsedTime(begun) * TimesItTook;
        entry.FreshUntil = time.GetUtcNow() + (lasts > FreshFor ? lasts : FreshFor);
        return counts;
    }

    private async Task<BatchCounts> CountAsync(CampaignId campaign, Entry entry, CancellationToken cancellation)
    {
        var limits = await overlaps.ReadAsync(await campaigns.GetRecentAsync(campaign, cancellation), cancellation);
        var published = await comparisons.ListPublishedAsync(campaign, cancellation);
        foreach (var batch in published.Where(b => b.Closed is null).Select(b => b.Batch))
        {
            var at = time.GetUtcNow();
            if (entry.IsLookedAt(batch, at - LookFreshFor)) continue;
            var asked = limits.Of(await comparisons.ReadBatchAsync(campaign, batch, cancellation));
            entry.Note(batch, new(BatchCounts.Of(asked, await rankings.ReadBatchAsync(batch, cancellation)), at));
        }
        return entry.Put(published);
    }

    private Entry EntryOf(CampaignId campaign) => entries.GetOrAdd(campaign, _ => new());

    private sealed record Look(BatchCounts Counts, DateTimeOffset At);

    private sealed class Entry
    {
        private readonly Lock gate = new();
        private readonly Dictionary<BatchId, Look> looks = [];
        private Task<BatchCounts>? counting;

        public BatchCounts? Counts { get; private set; }

        public DateTimeOffset FreshUntil { get; set; }

        public bool IsLookedAt(BatchId batch, DateTimeOffset since)
        {
            lock (gate) return looks.TryGetValue(batch, out var look) && look.At > since;
        }

        /// <summary>The batch's part of the counts is this from now on.</summary>
        public void Note(BatchId batch, Look look)
        {
            lock (gate)
            {
                if (Counts is { } all && looks.TryGetValue(batch, out var before))
                    Counts = all with
                    {
                        Complete = all.Complete + look.Counts.Complete - before.Counts.Complete,
                        ClosedBySkips = all.ClosedBySkips + look.Counts.ClosedBySkips - before.Counts.ClosedBySkips,
                    };
                looks[batch] = look;
            }
        }

        /// <summary>The sum of all batches, each as it was closed or looked at last.</summary>
        public BatchCounts Put(IReadOnlyList<PublishedBatch> published)
        {
            lock (gate)
            {
                foreach (var closed in published.Where(b => b.Closed is not null)) looks.Remove(closed.Batch);
                return Counts = published.Aggregate(BatchCounts.Empty, (sum, b) => sum + (b.Closed ?? looks[b.Batch].Counts));
            }
        }

        /// <summary>The counting that goes on, or a new one.</summary>
        public Task<BatchCounts> Count(Func<Task<BatchCounts>> count)
        {
            lock (gate) return counting is { IsCompleted: false } ? counting : counting = Task.Run(count);
        }
    }
}
