using System.Runtime.CompilerServices;
using Rlhf.Storage;

namespace Rlhf.Contracts.Storage;

/// <summary>When a store fails: at every n-th call, before it did anything or after it did it (its reply was lost).</summary>
public sealed class Faults(int every)
{
    private int calls;
    private int injected;

    public int Calls => calls;

    public int Injected => injected;

    /// <summary>Off, all goes well.</summary>
    public bool On { get; set; } = true;

    internal async Task<T> RunAsync<T>(string place, Func<Task<T>> operation)
    {
        var fails = On && Interlocked.Increment(ref calls) % every == 0;
        if (!fails) return await operation();
        if (Interlocked.Increment(ref injected) % 2 == 0) await operation();
        throw new RlhfException("storage-unreachable", $"Storage can't be reached for '{place}' (injected).", "Try again.", 503) { IsTransient = true };
    }
}

/// <summary>A blob store in front of another that fails now and then.</summary>
public sealed class FailingBlobStore(IBlobStore inner, Faults faults) : IBlobStore
{
    public Task<BlobItem?> FindAsync(string path, CancellationToken cancellation = default) => faults.RunAsync(path, () => inner.FindAsync(path, cancellation));

    public Task<BlobContent?> OpenReadAsync(string path, CancellationToken cancellation = default) =>
        faults.RunAsync(path, () => inner.OpenReadAsync(path, cancellation));

    public Task<string?> WriteAsync(string path, Stream content, WriteCondition condition = default, CancellationToken cancellation = default) =>
        faults.RunAsync(path, () => inner.WriteAsync(path, content, condition, cancellation));

    public Task AppendAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation = default) => faults.RunAsync(path, async () =>
    {
        await inner.AppendAsync(path, content, cancellation);
        return true;
    });

    public async IAsyncEnumerable<BlobItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await faults.RunAsync(prefix, () => Task.FromResult(true));
        await foreach (var item in inner.ListAsync(prefix, cancellation)) yield return item;
    }

    public Task<bool> DeleteAsync(string path, string? etag = null, CancellationToken cancellation = default) =>
        faults.RunAsync(path, () => inner.DeleteAsync(path, etag, cancellation));
}

/// <summary>A table store in front of another that fails now and then.</summary>
public sealed class FailingTableStore(ITableStore inner, Faults faults) : ITableStore
{
    public Task<TableRow?> FindAsync(string table, string partition, string row, CancellationToken cancellation = default) =>
        faults.RunAsync($"{table}/{partition}/{row}", () => inner.FindAsync(table, partition, row, cancellation));

    public async IAsyncEnumerable<TableRow> QueryAsync(
        string table, string partition, string? fromRow = null, string? toRow = null, int? take = null,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await faults.RunAsync($"{table}/{partition}", () => Task.FromResult(true));
        await foreach (var row in inner.QueryAsync(table, partition, fromRow, toRow, take, cancellation)) yield return row;
    }

    public Task<IReadOnlyList<string?>?> WriteAsync(
        string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellation = default) =>
        faults.RunAsync($"{table}/{partition}", () => inner.WriteAsync(table, partition, operations, cancellation));
}
