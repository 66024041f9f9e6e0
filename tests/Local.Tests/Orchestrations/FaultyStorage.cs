using Rlhf.Storage;

namespace Rlhf.Local.Tests.Orchestrations;

/// <summary>Says when a call to storage fails, and whether its work is done before it does: a caller can't tell a lost answer from a lost request.</summary>
public sealed class Faults
{
    private int calls;
    private int once;
    private bool isDoneFirst;

    /// <summary>Every so manieth call fails; 0 is none.</summary>
    public int Every { get; set; }

    public int Injected { get; private set; }

    /// <summary>The call so many from now fails, and no other.</summary>
    /// <param name="isDone">Whether its work is done first.</param>
    public void Once(int call, bool isDone) => (once, isDoneFirst, Injected) = (call, isDone, 0);

    public async Task<T> AroundAsync<T>(Func<Task<T>> work)
    {
        if (once > 0 && Interlocked.Decrement(ref once) == 0) return await FailAsync(work, isDoneFirst);
        if (Every == 0 || Interlocked.Increment(ref calls) % Every != 0) return await work();
        return await FailAsync(work, isDone: Injected % 2 == 1);
    }

    private async Task<T> FailAsync<T>(Func<Task<T>> work, bool isDone)
    {
        Injected++;
        if (isDone) await work();
        throw StorageErrors.FromFile("the test's disk", new IOException("Injected fault."));
    }
}

public sealed class FaultyBlobs(IBlobStore inner) : IBlobStore
{
    public Faults Faults { get; } = new();

    /// <summary>Whether the write of this path fails, before its work is done.</summary>
    public Func<string, Task<bool>> FailsWrite { get; set; } = _ => Task.FromResult(false);

    public Task<BlobItem?> FindAsync(string path, CancellationToken cancellation = default) => Faults.AroundAsync(() => inner.FindAsync(path, cancellation));

    public Task<BlobContent?> OpenReadAsync(string path, CancellationToken cancellation = default) => inner.OpenReadAsync(path, cancellation);

    public Task<string?> WriteAsync(string path, Stream content, WriteCondition condition = default, CancellationToken cancellation = default) =>
        Faults.AroundAsync(async () => await FailsWrite(path)
            ? throw StorageErrors.FromFile(path, new IOException("Injected fault."))
            : await inner.WriteAsync(path, content, condition, cancellation));

    public Task AppendAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation = default) => inner.AppendAsync(path, content, cancellation);

    public IAsyncEnumerable<BlobItem> ListAsync(string prefix, CancellationToken cancellation = default) => inner.ListAsync(prefix, cancellation);

    public Task<bool> DeleteAsync(string path, string? etag = null, CancellationToken cancellation = default) =>
        Faults.AroundAsync(() => inner.DeleteAsync(path, etag, cancellation));
}

public sealed class FaultyTables(ITableStore inner) : ITableStore, IDisposable
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

    public void Dispose() => (inner as IDisposable)?.Dispose();
}
