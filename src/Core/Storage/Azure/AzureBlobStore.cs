using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Rlhf.Storage.Azure;

/// <summary>Blobs in Azure Storage. Containers are made when first written to.</summary>
/// <remarks>Every write leaves its own id in the blob's metadata. Where a condition fails because an earlier attempt of the same call got through and only its reply was lost, the id
/// tells; a real conflict has another one.</remarks>
public sealed class AzureBlobStore(BlobServiceClient service) : IBlobStore
{
    private const string WriteId = "writeid";
    private const int BlockSize = 8 << 20;
    private const int MaximumAppend = 4 << 20;

    private readonly ConcurrentDictionary<string, bool> containers = [];

    public Task<BlobItem?> FindAsync(string path, CancellationToken cancellation = default)
    {
        var blob = Blob(path);
        return GuardAsync(path, () => OrNullAsync<BlobItem>(async () =>
        {
            var found = (await blob.GetPropertiesAsync(cancellationToken: cancellation)).Value;
            return new(path, found.ContentLength, Text(found.ETag), found.LastModified);
        }));
    }

    public Task<BlobContent?> OpenReadAsync(string path, CancellationToken cancellation = default)
    {
        var blob = Blob(path);
        return GuardAsync(path, () => OrNullAsync<BlobContent>(async () =>
        {
            var read = (await blob.DownloadStreamingAsync(cancellationToken: cancellation)).Value;
            return new(read.Content, Text(read.Details.ETag), read.Details.ContentLength);
        }));
    }

    public Task<string?> WriteAsync(string path, Stream content, WriteCondition condition = default, CancellationToken cancellation = default)
    {
        var blob = Blob(path);
        return GuardAsync(path, async () =>
        {
            await EnsureContainerAsync(BlobPath.Parse(path).Container, cancellation);
            // What is in memory goes up in one request: its length is known, and it can be read again.
            using var source = content is MemoryStream ? null : new SinglePassStream(content);
            var start = source is null ? content.Position : 0;
            var id = Guid.NewGuid().ToString("n");
            try
            {
                return Text((await blob.UploadAsync(source ?? content, Options(condition, id), cancellation)).Value.ETag);
            }
            catch (RequestFailedException e) when (e.Status is 409 or 412 && (condition.MustNotExist || condition.ETag is not null))
            {
                return await FindOwnWriteAsync(blob, id, condition.MustNotExist ? source?.GetHash() ?? HashFrom(content, start) : null, cancellation);
            }
        });
    }

    /// <remarks>The service takes 50,000 appends a blob: append whole groups of lines, not single ones, where there are many.</remarks>
    public Task AppendAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation = default)
    {
        var (container, name) = BlobPath.Parse(path);
        var blob = service.GetBlobContainerClient(container).GetAppendBlobClient(name);
        return GuardAsync(path, async () =>
        {
            await EnsureContainerAsync(container, cancellation);
            await blob.CreateIfNotExistsAsync(cancellationToken: cancellation);
            for (var start = 0; start < content.Length; start += MaximumAppend)
            {
                using var block = new MemoryStream(content.Slice(start, Math.Min(MaximumAppend, content.Length - start)).ToArray());
                await blob.AppendBlockAsync(block, cancellationToken: cancellation);
            }

            return true;
        });
    }

    public async IAsyncEnumerable<BlobItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var slash = prefix.IndexOf('/', StringComparison.Ordinal);
        var names = slash < 0
            ? await GuardAsync(prefix, () => ContainersAsync(prefix, cancellation))
            : BlobPath.IsContainer(prefix[..slash]) ? [prefix[..slash]] : [];
        foreach (var container in names)
        {
            var pages = service.GetBlobContainerClient(container)
                .GetBlobsAsync(BlobTraits.None, BlobStates.None, slash < 0 ? "" : prefix[(slash + 1)..], cancellation).AsPages().GetAsyncEnumerator(cancellation);
            await using (pages)
                while (await GuardAsync(prefix, () => NextAsync(pages)))
                    foreach (var item in pages.Current.Values.Select(b => Describe(container, b)))
                        yield return item;
        }
    }

    public Task<bool> DeleteAsync(string path, string? etag = null, CancellationToken cancellation = default)
    {
        var blob = Blob(path);
        return GuardAsync(path, async () =>
        {
            try
            {
                var condition = etag is null ? null : new BlobRequestConditions { IfMatch = new ETag(etag) };
                return (await blob.DeleteIfExistsAsync(conditions: condition, cancellationToken: cancellation)).Value;
            }
            catch (RequestFailedException e) when (e.Status is 412 or 404)
            {
                return false;
            }
        });
    }

    private static byte[] HashFrom(Stream content, long start)
    {
        content.Position = start;
        return SHA256.HashData(content);
    }

    private static BlobUploadOptions Options(WriteCondition condition, string id) => new()
    {
        Metadata = new Dictionary<string, string> { [WriteId] = id },
        TransferOptions = new StorageTransferOptions { InitialTransferSize = BlockSize, MaximumTransferSize = BlockSize, MaximumConcurrency = 2 },
        Conditions = condition.MustNotExist ? new() { IfNoneMatch = ETag.All } : condition.ETag is { } etag ? new() { IfMatch = new ETag(etag) } : null,
    };

    /// <summary>The ETag if what is there is this call's own write, or the same content where that is enough; otherwise null.</summary>
    private static async Task<string?> FindOwnWriteAsync(BlobClient blob, string id, byte[]? hash, CancellationToken cancellation)
    {
        var there = await OrNullAsync<BlobDownloadStreamingResult>(async () => (await blob.DownloadStreamingAsync(cancellationToken: cancellation)).Value);
        if (there is null) return null;
        using (there)
        {
            var counts = there.Details.Metadata.TryGetValue(WriteId, out var writer) && writer == id;
            if (counts || hash is null) return counts ? Text(there.Details.ETag) : null;
            var other = await SHA256.HashDataAsync(there.Content, cancellation);
            return other.AsSpan().SequenceEqual(hash) ? Text(there.Details.ETag) : null;
        }
    }

    private async Task EnsureContainerAsync(string container, CancellationToken cancellation)
    {
        if (containers.ContainsKey(container)) return;
        await service.GetBlobContainerClient(container).CreateIfNotExistsAsync(cancellationToken: cancellation);
        containers[container] = true;
    }

    private async Task<List<string>> ContainersAsync(string prefix, CancellationToken cancellation)
    {
        var names = new List<string>();
        await foreach (var container in service.GetBlobContainersAsync(BlobContainerTraits.None, BlobContainerStates.None, prefix, cancellation))
            if (BlobPath.IsContainer(container.Name)) names.Add(container.Name);
        return names;
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<Page<global::Azure.Storage.Blobs.Models.BlobItem>> pages)
    {
        try
        {
            return await pages.MoveNextAsync();
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return false;
        }
    }

    private static async Task<T?> OrNullAsync<T>(Func<Task<T>> operation) where T : class
    {
        try
        {
            return await operation();
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    private static BlobItem Describe(string container, global::Azure.Storage.Blobs.Models.BlobItem blob) =>
        new($"{container}/{blob.Name}", blob.Properties.ContentLength ?? 0, Text(blob.Properties.ETag!.Value), blob.Properties.LastModified!.Value);

    // With its quotes, wherever it comes from: a listing has it without.
    private static string Text(ETag etag) => etag.ToString("H");

    private BlobClient Blob(string path)
    {
        var (container, name) = BlobPath.Parse(path);
        return service.GetBlobContainerClient(container).GetBlobClient(name);
    }

    private Task<T> GuardAsync<T>(string path, Func<Task<T>> operation) => AzureErrors.GuardAsync($"{service.AccountName}/{path}", operation);
}
