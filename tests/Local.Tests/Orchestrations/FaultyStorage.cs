using Rlhf.Storage;

namespace Rlhf.Local.Tests.Orchestrations;

/// <summary>Says when a call to storage fails, and whether its work is done before it does: a caller can't tell a lost answer from a lost request.</summary>
public sealed class Faults
{
    private int calls;

    /// <summary>Every so manieth call fails; 0 is none.</summary>
    public int Every { get; set; }

    public int Injected { get; private set; }

    public async Task<T> AroundAsync<T>(Func<Task<T>> work)
    {
        if (Every == 0 || Interlocked.Increment(ref calls) % Every != 0) return await work();
        Injected++;
        if (Injected % 2 == 0) await work();
        throw StorageErrors.FromFile("the test's disk", new IOException("Injected fault."));
    }
}

public sealed class FaultyBlobs(IBlobStore inner) : IBlobStore
{
    public Faults Faults { get; } = new();

    public Task<BlobItem?> FindAsync(string path, CancellationToken cancellation = default) => Faults.AroundAsync(() => inner.FindAsync(path, cancellation));

    public Task<BlobContent?> OpenReadAsync(string path, CancellationToken cancellation = default) => inner.OpenReadAsync(path, cancellation);

    public Task<string?> WriteAsync(string path, Stream content, WriteCondition condition = default, CancellationToken cancellation = default) =>
        Faults.AroundAsync(() => inner.WriteAsync(path, content, condition, cancellation));

    public Task AppendAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation = default) => inner.AppendAsync(path, content, cancellation);

    public IAsyncEnumerable<BlobItem> ListAsync(string prefix, CancellationToken cancellation = default) => inner.ListAsync(prefix, cancellation);

    public Task<bool> DeleteAsync(string path, string? etag = null, CancellationToken cancellation = default) =>
        Faults.AroundAsync(() => inner.DeleteAsync(path, etag, cancellation));
}

public sealed class FaultyTables(ITableStore inner) : ITableStore
{
    public Faults Faults { get; } = new();

    public Task<TableRow?> FindAsync(string table, string partition, string row, CancellationToken cancellation = default) =>
        Faults.AroundAsync(() => inner.FindAsync(table, partition, row, cancellation));

    public IAsyncEnumerable<TableRow> QueryAsync(
        string table, string partition, string? fromRow = null, string? toRow = null, int? take = null, CancellationToken cancellation = default) =>
        inner.QueryAsync(table, partition, fromRow, toRow, take, cancellation);

    public Task<IReadOnlyList<string?>?> WriteAsync(
        string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellation = default) =>
        Faults.AroundAsync(() => inner.WriteAsync(table, partition, operations, cancellation));
}
