namespace Rlhf.Storage;

/// <summary>Blobs by path. The first segment is the container (<c>inbox</c>, <c>prompts</c>, <c>campaigns</c>, <c>runs</c>, <c>models</c>); the rest is the name.
/// Azure Blob Storage or a folder; one contract suite holds both. Paths keep to <see cref="BlobPath"/>.</summary>
public interface IBlobStore
{
    /// <summary>The blob's properties, or null where there is none.</summary>
    Task<BlobItem?> FindAsync(string path, CancellationToken cancellation = default);

    /// <summary>Opens the blob for reading with the ETag of what is read, or null where there is none. The caller disposes the stream.</summary>
    Task<BlobContent?> OpenReadAsync(string path, CancellationToken cancellation = default);

    /// <summary>Writes the whole blob atomically: a reader sees the old content or the new, never a part. Acknowledged means durable.</summary>
    /// <returns>The new ETag, or null where <paramref name="condition"/> was not met (then nothing was written).</returns>
    /// <remarks>A retry that meets its own earlier write succeeds. Create-only compares: the same bytes there already count as written, so a step that runs again after a
    /// crash needs no special case. With an ETag only the call's own lost reply is forgiven, since two writers may well write the same bytes.</remarks>
    Task<string?> WriteAsync(string path, Stream content, WriteCondition condition = default, CancellationToken cancellation = default);

    /// <summary>Adds bytes to the end of an append-only blob, made if missing. At-least-once: readers skip a doubled or torn line. A blob that is appended to is not written otherwise.</summary>
    Task AppendAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation = default);

    /// <summary>All blobs whose path begins with <paramref name="prefix"/>, in path order (ordinal).</summary>
    IAsyncEnumerable<BlobItem> ListAsync(string prefix, CancellationToken cancellation = default);

    /// <summary>Deletes the blob if it is there (and has <paramref name="etag"/>, where given). Says whether it did.</summary>
    Task<bool> DeleteAsync(string path, string? etag = null, CancellationToken cancellation = default);
}

/// <param name="Path">Container and name, e.g. <c>runs/demo-run1/job.json</c>.</param>
/// <param name="Length">Bytes.</param>
public sealed record BlobItem(string Path, long Length, string ETag, DateTimeOffset LastModified);

public sealed record BlobContent(Stream Stream, string ETag, long Length) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}

/// <summary>When a write may happen: always (default), only if there is no blob yet, or only over the version with an ETag.</summary>
public readonly record struct WriteCondition(bool MustNotExist, string? ETag)
{
    public static WriteCondition CreateOnly => new(true, null);

    public static WriteCondition Matches(string etag) => new(false, etag);
}
