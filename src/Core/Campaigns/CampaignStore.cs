using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Rlhf.Storage;

namespace Rlhf.Campaigns;

/// <summary>The campaigns' rows: table <c>campaigns</c>, one partition, row = campaign id.</summary>
public sealed class CampaignStore
{
    private const string Table = "campaigns";
    private const string Partition = "campaigns";

    // Within this a process that serves annotators notices what another one changed.
    private static readonly TimeSpan TrustFor = TimeSpan.FromSeconds(1);

    private readonly ITableStore tables;
    private readonly TimeProvider time;
    private readonly SharedReads<CampaignId, Campaign> reads;
    private readonly ConcurrentDictionary<CampaignId, (Campaign Campaign, DateTimeOffset ReadAt)> recent = new();

    public CampaignStore(ITableStore tables, TimeProvider time)
    {
        (this.tables, this.time) = (tables, time);
        reads = new(id => GetAsync(id));
    }

    public async Task<Campaign?> FindAsync(CampaignId id, CancellationToken cancellation = default) =>
        (await tables.FindAsync(Table, Partition, id.Value, cancellation))?.ReadBody<Campaign>();

    /// <exception cref="RlhfException"><c>campaign-not-found</c>.</exception>
    public async Task<Campaign> GetAsync(CampaignId id, CancellationToken cancellation = default) =>
        await FindAsync(id, cancellation) ?? throw NotFound(id);

    /// <summary>The campaign as it was at most a second ago: for what happens with every task and every ranking.</summary>
    /// <exception cref="RlhfException"><c>campaign-not-found</c>.</exception>
    public async Task<Campaign> GetRecentAsync(CampaignId id, CancellationToken cancellation = default)
    {
        if (recent.TryGetValue(id, out var known) && time.GetUtcNow() - known.ReadAt < TrustFor) return known.Campaign;
        var readAt = time.GetUtcNow();
        var campaign = await reads.ReadAsync(id).WaitAsync(cancellation);
        recent[id] = (campaign, readAt);
        return campaign;
    }

    /// <summary>All campaigns in the order of their ids.</summary>
    public async IAsyncEnumerable<Campaign> ListAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var row in tables.QueryAsync(Table, Partition, cancellation: cancellation))
            yield return row.ReadBody<Campaign>();
    }

    /// <returns>Whether the row was made; false where there is a campaign of this id already.</returns>
    public async Task<bool> CreateAsync(Campaign campaign, CancellationToken cancellation = default) =>
        await tables.TryInsertAsync(Table, Partition, campaign.Id.Value, campaign, cancellation) is not null;

    /// <summary>Applies <paramref name="change"/> to the newest row and writes it under its ETag, again until nobody came between.</summary>
    /// <param name="change">Pure; it may run several times, and may throw to refuse. Returning an equal campaign writes nothing.</param>
    /// <exception cref="RlhfException"><c>campaign-not-found</c>.</exception>
    public async Task<Campaign> UpdateAsync(CampaignId id, Func<Campaign, Campaign> change, CancellationToken cancellation = default)
    {
        while (true)
        {
            var row = await tables.FindAsync(Table, Partition, id.Value, cancellation) ?? throw NotFound(id);
            var before = row.ReadBody<Campaign>();
            var after = change(before);
            if (ReferenceEquals(after, before) || StorageExtensions.ToBody(after) == row.Body) return after;
            var written = await tables.TryReplaceAsync(Table, Partition, id.Value, after, row.ETag, cancellation);
            recent.TryRemove(id, out _);
            if (written is not null) return after;
        }
    }

    private static RlhfException NotFound(CampaignId id) =>
        new("campaign-not-found", $"There is no campaign '{id}'.", "Check the id in the list of campaigns, or create the campaign first.", 404);
}
