using Rlhf.Storage;

namespace Rlhf.Trainer.Job;

/// <summary>Storage as the job uses it: every write checks the lease before its first byte and after its last, so that a job that has lost its run writes nothing.</summary>
internal sealed class LeasedBlobStore(IBlobStore blobs, RunLease lease) : IBlobStore
{
    public Task<BlobItem?> FindAsync(string path, CancellationToken cancellation = default) => blobs.FindAsync(path, cancellation);

    public Task<BlobContent?> OpenReadAsync(string path, CancellationToken cancellation = default) => blobs.OpenReadAsync(path, cancellation);

    public IAsyncEnumerable<BlobItem> ListAsync(string prefix, CancellationToken cancellation = default) => blobs.ListAsync(prefix, cancellation);

    public async Task<string?> WriteAsync(string path, Stream content, WriteCondition condition = default, CancellationToken cancellation = default)
    {
        await lease.CheckAsync(cancellation);
        // A checkpoint takes a while to write, and the machine may be paused meanwhile: a store gives the blob its name after the last byte, so that is asked once more.
        await using var guarded = new LastByteStream(content, () => lease.CheckAsync(cancellation));
        return await blobs.WriteAsync(path, guarded, condition, cancellation);
    }

    public async Task AppendAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation = default)
    {
        await lease.CheckAsync(cancellation);
        await blobs.AppendAsync(path, content, cancellation);
    }

    public async Task<bool> DeleteAsync(string path, string? etag = null, CancellationToken cancellation = default)
    {
        await lease.CheckAsync(cancellation);
        return await blobs.DeleteAsync(path, etag, cancellation);
    }
}
