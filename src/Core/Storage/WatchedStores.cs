namespace Rlhf.Storage;

/// <summary>Keeps in <see cref="StorageHealth"/> whether the blobs are there.</summary>
public sealed class WatchedBlobStore(IBlobStore blobs, StorageHealth health) : IBlobStore
{
    private const string Read = "read blobs";
    private const string Write = "write blobs";

    public Task<BlobItem?> FindAsync(string path, CancellationToken cancellation = default) => health.WatchAsync(Read, () => blobs.FindAsync(path, cancellation));

    public Task<BlobContent?> OpenReadAsync(string path, CancellationToken cancellation = default) => health.WatchAsync(Read, () => blobs.OpenReadAsync(path, cancellation));

    public Task<string?> WriteAsync(string path, Stream content, WriteCondition condition = default, CancellationToken cancellation = default) =>
        health.WatchAsync(Write, () => blobs.WriteAsync(path, content, condition, cancellation));

    public Task AppendAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation = default) => health.WatchAsync(Write, async () =>
    {
        await blobs.AppendAsync(path, content, cancellation);
        return true;
    });

    public IAsyncEnumerable<BlobItem> ListAsync(string prefix, CancellationToken cancellation = default) => blobs.ListAsync(prefix, cancellation);

    public Task<bool> DeleteAsync(string path, string? etag = null, CancellationToken cancellation = default) => health.WatchAsync(Write, () => blobs.DeleteAsync(path, etag, cancellation));
}

/// <summary>Keeps in <see cref="StorageHealth"/> whether the rows are there.</summary>
public sealed class WatchedTableStore(ITableStore tables, StorageHealth health) : ITableStore
{
    private const string Read = "read rows";
    private const string Write = "write rows";

    public Task<TableRow?> FindAsync(string table, string partition, string row, CancellationToken cancellation = default) =>
        health.WatchAsync(Read, () => tables.FindAsync(table, partition, row, cancellation));

    public IAsyncEnumerable<TableRow> QueryAsync(
        string table, string partition, string? fromRow = null, string? toRow = null, int? take = null, CancellationToken cancellation = default) =>
        tables.QueryAsync(table, partition, fromRow, toRow, take, cancellation);

    public Task<IReadOnlyList<string?>?> WriteAsync(string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellation = default) =>
        health.WatchAsync(Write, () => tables.WriteAsync(table, partition, operations, cancellation));
}
