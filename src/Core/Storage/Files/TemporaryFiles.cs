namespace Rlhf.Storage.Files;

/// <summary>Where new content is written before it gets its name: a folder for each open store, on the same file system as the blobs. What killed writers left is removed
/// when a store is opened: a folder whose lock nobody holds has no owner.</summary>
internal sealed class TemporaryFiles : IDisposable
{
    private const string OwnerFile = "owner.lock";

    private readonly string own;
    private readonly FileStream owner;
    private long count;

    /// <param name="folder">Parent of every store's own folder.</param>
    public TemporaryFiles(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var other in Directory.EnumerateDirectories(folder)) RemoveIfAbandoned(other);
        own = Path.Combine(folder, Guid.NewGuid().ToString("n"));
        Directory.CreateDirectory(own);
        owner = FileLocks.TryOpen(Path.Combine(own, OwnerFile))!;
    }

    /// <summary>Copies a stream into a new file and flushes it to disk. The caller moves or deletes the file.</summary>
    public async Task<string> WriteAsync(Stream content, CancellationToken cancellation)
    {
        var file = Path.Combine(own, Interlocked.Increment(ref count).ToString("x", System.Globalization.CultureInfo.InvariantCulture));
        try
        {
            await using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: false);
            await content.CopyToAsync(stream, 1 << 17, cancellation);
            stream.Flush(flushToDisk: true);
            return file;
        }
        catch
        {
            Discard(file);
            throw;
        }
    }

    /// <summary>Deletes a temporary file that did not get its name. Never throws: it runs while another error is on its way.</summary>
    public static void Discard(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (StorageErrors.IsFileError(e))
        {
            // The next store that is opened removes it.
        }
    }

    public void Dispose()
    {
        owner.Dispose();
        RemoveIfAbandoned(own);
    }

    private static void RemoveIfAbandoned(string folder)
    {
        try
        {
            using (var free = FileLocks.TryOpen(Path.Combine(folder, OwnerFile)))
                if (free is null) return;
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (StorageErrors.IsFileError(e))
        {
            // Leftovers cost space, not correctness; the next opening tries again.
        }
    }
}
