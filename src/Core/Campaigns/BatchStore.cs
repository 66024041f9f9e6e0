using System.Runtime.CompilerServices;
using Rlhf.Storage;

namespace Rlhf.Campaigns;

/// <summary>The batches' rows: table <c>batches</c>, partition = campaign, row = batch id.</summary>
public sealed class BatchStore(ITableStore tables)
{
    private const string Table = "batches";

    public async Task<Batch?> FindAsync(CampaignId campaign, BatchId id, CancellationToken cancellation = default) =>
        (await tables.FindAsync(Table, campaign.Value, id.Value, cancellation))?.ReadBody<Batch>();

    /// <exception cref="RlhfException"><c>batch-not-found</c>.</exception>
    public async Task<Batch> GetAsync(CampaignId campaign, BatchId id, CancellationToken cancellation = default) =>
        await FindAsync(campaign, id, cancellation) ?? throw NotFound(campaign, id);

    /// <summary>A campaign's batches in order of their ids.</summary>
    public async Task<IReadOnlyList<Batch>> ListAsync(CampaignId campaign, CancellationToken cancellation = default) =>
        await StreamAsync(campaign, cancellation).ToListAsync(cancellation);

    /// <summary>The same one by one, for what need not have them all.</summary>
    public async IAsyncEnumerable<Batch> StreamAsync(CampaignId campaign, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var row in tables.QueryAsync(Table, campaign.Value, cancellation: cancellation)) yield return row.ReadBody<Batch>();
    }

    /// <summary>The next batch by id; null after the last. The first after null.</summary>
    public async Task<Batch?> FindAfterAsync(CampaignId campaign, BatchId? after, CancellationToken cancellation = default)
    {
        // '!' comes before everything that keys are made of, so this is the first key after it.
        await foreach (var row in tables.QueryAsync(Table, campaign.Value, after is { } id ? id.Value + "!" : null, take: 1, cancellation: cancellation)) return row.ReadBody<Batch>();
        return null;
    }

    /// <summary>The batches of these ids that there are, read in one range from the first to the last; the round's other open batches lie between them.</summary>
    public async Task<IReadOnlyList<Batch>> ListAsync(CampaignId campaign, IReadOnlyCollection<BatchId> ids, CancellationToken cancellation = default)
    {
        var sorted = ids.Select(i => i.Value).Order(StringComparer.Ordinal).ToList();
        var wanted = sorted.ToHashSet();
        var batches = new List<Batch>();
        // '!' comes before everything that keys are made of, so this is the first key after the last one.
        await foreach (var row in tables.QueryAsync(Table, campaign.Value, sorted[0], sorted[^1] + "!", cancellation: cancellation))
            if (wanted.Contains(row.Row)) batches.Add(row.ReadBody<Batch>());
        return batches;
    }

    /// <returns>Whether the row was made; false where there is one already.</returns>
    public async Task<bool> CreateAsync(Batch batch, CancellationToken cancellation = default) =>
        await tables.TryInsertAsync(Table, batch.Campaign.Value, batch.Id.Value, batch, cancellation) is not null;

    /// <summary>Applies <paramref name="change"/> (pure, may run several times) to the newest row and writes it under its ETag.</summary>
    public async Task<Batch> UpdateAsync(CampaignId campaign, BatchId id, Func<Batch, Batch> change, CancellationToken cancellation = default)
    {
        while (true)
        {
            var row = await tables.FindAsync(Table, campaign.Value, id.Value, cancellation) ?? throw NotFound(campaign, id);
            var after = change(row.ReadBody<Batch>());
            if (StorageExtensions.ToBody(after) == row.Body) return after;
            if (await tables.TryReplaceAsync(Table, campaign.Value, id.Value, after, row.ETag, cancellation) is not null) return after;
        }
    }

    private static RlhfException NotFound(CampaignId campaign, BatchId id) =>
        new("batch-not-found", $"The campaign '{campaign}' has no batch '{id}'.", "Check the id in the campaign's list of batches.", 404);
}
