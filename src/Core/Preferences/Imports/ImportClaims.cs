using Rlhf.Storage;

namespace Rlhf.Preferences.Imports;

/// <summary>Which batch a judgement from a file belongs to: table <c>imports</c>, partition = campaign, one row a judgement. The first batch to claim it has it, a repetition finds its own.</summary>
public sealed class ImportClaims(ITableStore tables)
{
    private const string Table = "imports";
    private const int RowsPerTransaction = 100;

    /// <returns>Those of <paramref name="keys"/> that are the batch's.</returns>
    internal async Task<IReadOnlySet<string>> ClaimAsync(CampaignId campaign, BatchId batch, IEnumerable<string> keys, CancellationToken cancellation)
    {
        var own = new HashSet<string>();
        foreach (var chunk in keys.Distinct().Chunk(RowsPerTransaction))
        {
            // Mostly none is known: the write says where one is, and takes nothing then.
            var free = chunk;
            while (free.Length > 0 && await tables.WriteAsync(Table, campaign.Value, [.. free.Select(k => new TableOperation(TableOperationKind.Insert, RowOf(k), StorageExtensions.ToBody(new ImportClaim(batch))))], cancellation) is null)
            {
                var owners = await Task.WhenAll(chunk.Select(k => FindAsync(campaign, k, cancellation)));
                own.UnionWith(chunk.Where((_, i) => owners[i] == batch));
                free = [.. chunk.Where((_, i) => owners[i] is null)];
            }
            own.UnionWith(free);
        }
        return own;
    }

    private async Task<BatchId?> FindAsync(CampaignId campaign, string key, CancellationToken cancellation) =>
        (await tables.FindAsync(Table, campaign.Value, RowOf(key), cancellation))?.ReadBody<ImportClaim>().Batch;

    private static string RowOf(string key) => $"vote~{key}";
}

internal sealed record ImportClaim(BatchId Batch);
