using Rlhf.Storage;

namespace Rlhf.Labeling.Serving;

/// <summary>Where the rows of comparisons are whose priority was changed: rows <c>moved~batch~comparison</c> of table <c>open</c>, written with the move itself.</summary>
internal sealed class MovedRows(ITableStore tables)
{
    /// <summary>Of one row.</summary>
    public const int Operations = 3;

    /// <summary>Of an <see cref="Operations"/>: the row under its new key.</summary>
    public const int Insertion = 1;

    public static IEnumerable<TableOperation> Move(StoredOpenRow stored, OpenRow row, string key) =>
    [
        new(TableOperationKind.Delete, stored.Key, ETag: stored.ETag),
        new(TableOperationKind.Insert, key, StorageExtensions.ToBody(row)),
        new(TableOperationKind.Upsert, OpenKeys.MovedOf(row.Batch, row.Comparison), StorageExtensions.ToBody(new MovedRow(row.Comparison, key))),
    ];

    /// <summary>What the comparison's row was called last; null where it has never moved.</summary>
    public async Task<string?> FindAsync(string partition, BatchId batch, ComparisonId comparison, CancellationToken cancellation) =>
        (await tables.FindAsync(OpenStore.Table, partition, OpenKeys.MovedOf(batch, comparison), cancellation))?.ReadBody<MovedRow>().Row;

    /// <summary>Those of a batch in one shard.</summary>
    public ValueTask<List<(MovedRow Row, string ETag)>> ReadAsync(string partition, BatchId batch, CancellationToken cancellation)
    {
        var prefix = OpenKeys.MovedOf(batch);
        return tables.QueryAsync(OpenStore.Table, partition, prefix, OpenKeys.Behind(prefix), null, cancellation).Select(r => (r.ReadBody<MovedRow>(), r.ETag)).ToListAsync(cancellation);
    }

    /// <summary>The comparisons of a batch that have moved.</summary>
    public async Task<IReadOnlySet<ComparisonId>> ReadAsync(CampaignId campaign, BatchId batch, CancellationToken cancellation)
    {
        var moved = new HashSet<ComparisonId>();
        for (var shard = 0; shard < OpenKeys.Shards; shard++)
            moved.UnionWith((await ReadAsync(OpenKeys.PartitionOf(campaign, shard), batch, cancellation)).Select(m => m.Row.Comparison));
        return moved;
    }
}

/// <param name="Row">The key that its row was moved to.</param>
internal sealed record MovedRow(ComparisonId Comparison, string Row);
