namespace Rlhf.Storage;

/// <summary>Rows by table, partition and row key, each a JSON body (at most 32,000 characters) with an ETag. Azure Tables or SQLite; one contract suite holds both.
/// Keys are ordinal, 500 characters at most, and must not hold / \ # ?, control characters or characters beyond the basic plane.</summary>
public interface ITableStore
{
    Task<TableRow?> FindAsync(string table, string partition, string row, CancellationToken cancellation = default);

    /// <summary>Rows of one partition in row order (ordinal), from <paramref name="fromRow"/> (included) to <paramref name="toRow"/> (excluded), at most <paramref name="take"/>.</summary>
    IAsyncEnumerable<TableRow> QueryAsync(
        string table, string partition, string? fromRow = null, string? toRow = null, int? take = null, CancellationToken cancellation = default);

    /// <summary>Carries out all operations or none; they share the partition, 100 at most, each row once.</summary>
    /// <returns>The new ETags in order (null for a delete), or null where a condition failed (then nothing was changed).</returns>
    /// <remarks>A lost reply that is retried inside the call and meets its own earlier write succeeds. A second call is a conflict, whatever it writes: two writers may well
    /// write the same body, and only one of them changed the row.</remarks>
    /// <exception cref="RlhfException"><c>row-too-large</c>, <c>invalid-table-key</c> and the like (see <see cref="TableRules"/>), or storage failed.</exception>
    Task<IReadOnlyList<string?>?> WriteAsync(
        string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellation = default);
}

public sealed record TableRow(string Partition, string Row, string Body, string ETag);

public enum TableOperationKind
{
    /// <summary>The row must not exist.</summary>
    Insert,

    /// <summary>The row must exist with the ETag.</summary>
    Replace,

    /// <summary>Inserts or replaces, whatever is there.</summary>
    Upsert,

    /// <summary>With an ETag the row must have it; without one it is deleted if there.</summary>
    Delete,
}

public sealed record TableOperation(TableOperationKind Kind, string Row, string? Body = null, string? ETag = null);
