using Rlhf.Storage;

namespace Rlhf.Trainer.Job;

/// <summary>Storage that waits for storage: what fails in passing (a full disk, a service that is away) is tried again for ten minutes, since hours of training hang on it.</summary>
internal sealed class PatientBlobStore(IBlobStore blobs, TimeProvider time, Action<string> log) : IBlobStore
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    public Task<BlobItem?> FindAsync(string path, CancellationToken cancellation = default) => RetryAsync(path, () => blobs.FindAsync(path, cancellation), cancellation);

    public Task<BlobContent?> OpenReadAsync(string path, CancellationToken cancellation = default) => RetryAsync(path, () => blobs.OpenReadAsync(path, cancellation), cancellation);

    public async IAsyncEnumerable<BlobItem> ListAsync(string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (var item in await RetryAsync(prefix, () => blobs.ListAsync(prefix, cancellation).ToListAsync(cancellation).AsTask(), cancellation)) yield return item;
    }

    /// <param name="content">Read from its start again with each attempt where it can be; a stream that can't seek has one attempt.</param>
    public Task<string?> WriteAsync(string path, Stream content, WriteCondition condition = default, CancellationToken cancellation = default)
    {
        if (!content.CanSeek) return blobs.WriteAsync(path, content, condition, cancellation);
        var start = content.Position;
        return RetryAsync(path, () =>
        {
            content.Position = start;
            return blobs.WriteAsync(path, content, condition, cancellation);
        }, cancellation);
    }

    public Task AppendAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation = default) => RetryAsync(path, async () =>
    {
        await blobs.AppendAsync(path, content, cancellation);
        return true;
    }, cancellation);

    public Task<bool> DeleteAsync(string path, string? etag = null, CancellationToken cancellation = default) => RetryAsync(path, () => blobs.DeleteAsync(path, etag, cancellation), cancellation);

    private async Task<T> RetryAsync<T>(string path, Func<Task<T>> call, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await call();
            }
            catch (RlhfException e) when (e.IsTransient && time.GetElapsedTime(start) < Patience)
            {
                log($"'{path}' is tried again: {e.Message}");
            }
            await Task.Delay(pause, time, cancellation);
        }
    }
}
