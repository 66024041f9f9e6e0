using System.Runtime.CompilerServices;

namespace Rlhf.Storage.Files;

/// <summary>Blobs as files of a folder that several processes may share (the host and the trainer do). Files dropped in by hand are blobs too.</summary>
/// <remarks>
/// A write goes to a temporary file, is flushed, and gets its name by a rename under a lock that holds between processes; then the folder is flushed.
/// Two paths can't both be blobs where one is the other's folder, nor, on a file system that ignores case, where they differ by case only.
/// </remarks>
public sealed class FileBlobStore : IBlobStore, IDisposable
{
    private readonly FileLocks locks;
    private readonly TemporaryFiles temporary;

    /// <exception cref="RlhfException">The folder can't be made or written.</exception>
    public FileBlobStore(string folder)
    {
        Root = Path.GetFullPath(folder);
        try
        {
            var lockFolder = Path.Combine(Root, ".locks");
            Durability.CreateFolder(lockFolder);
            locks = new(lockFolder);
            temporary = OpenTemporary(lockFolder);
        }
        catch (Exception e) when (StorageErrors.IsFileError(e))
        {
            throw StorageErrors.FromFile(Root, e);
        }
    }

    /// <summary>Full path of the folder; containers are its subfolders.</summary>
    public string Root { get; }

    public Task<BlobItem?> FindAsync(string path, CancellationToken cancellation = default) =>
        Task.FromResult(Guard(path, () => FileVersions.Describe(path, new FileInfo(Locate(path)))));

    public Task<BlobContent?> OpenReadAsync(string path, CancellationToken cancellation = default) => Task.FromResult(Guard(path, () => Open(Locate(path))));

    public Task<string?> WriteAsync(string path, Stream content, WriteCondition condition = default, CancellationToken cancellation = default)
    {
        var file = Locate(path);
        return GuardAsync(file, async () =>
        {
            var fresh = await temporary.WriteAsync(content, cancellation);
            try
            {
                return await PublishAsync(path, fresh, file, condition, cancellation);
            }
            finally
            {
                TemporaryFiles.Discard(fresh);
            }
        });
    }

    public Task AppendAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellation = default)
    {
        var file = Locate(path);
        return GuardAsync(file, async () =>
        {
            var folder = Path.GetDirectoryName(file)!;
            Durability.CreateFolder(folder);
            bool isNew;
            using (var held = await LockAsync(path, cancellation))
            {
                isNew = !File.Exists(file);
                Append(held, file, content.Span);
            }

            if (isNew) Durability.FlushFolder(folder);
            return true;
        });
    }

    public async IAsyncEnumerable<BlobItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await Task.CompletedTask;
        foreach (var item in Guard(prefix, () => Enumerate(prefix).OrderBy(i => i.Path, StringComparer.Ordinal).ToList()))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return item;
        }
    }

    public Task<bool> DeleteAsync(string path, string? etag = null, CancellationToken cancellation = default)
    {
        var file = Locate(path);
        return GuardAsync(file, async () =>
        {
            using (await LockAsync(path, cancellation))
            {
                var current = FileVersions.Describe(path, new FileInfo(file));
                if (current is null || (etag is not null && current.ETag != etag)) return false;
                File.Delete(file);
            }

            Durability.FlushFolder(Path.GetDirectoryName(file)!);
            return true;
        });
    }

    public void Dispose() => temporary.Dispose();

    private TemporaryFiles OpenTemporary(string lockFolder)
    {
        // Who opens a store makes a folder and then locks it; nobody may clean up between the two.
        using var gate = FileLocks.Open(Path.Combine(lockFolder, "open.lock"));
        return new(Path.Combine(Root, ".tmp"));
    }

    private async Task<string?> PublishAsync(string path, string fresh, string file, WriteCondition condition, CancellationToken cancellation)
    {
        var folder = Path.GetDirectoryName(file)!;
        Durability.CreateFolder(folder);
        string etag;
        using (await LockAsync(path, cancellation))
        {
            var current = FileVersions.Describe(path, new FileInfo(file));
            if (condition.MustNotExist && current is not null) return FileContent.AreEqual(fresh, file) ? current.ETag : null;
            if (condition.ETag is not null && current?.ETag != condition.ETag) return null;
            File.SetLastWriteTimeUtc(fresh, FileVersions.TimeAfter(current));
            etag = FileVersions.Describe(path, new FileInfo(fresh))!.ETag;
            File.Move(fresh, file, overwrite: true);
        }

        Durability.FlushFolder(folder);
        return etag;
    }

    private static void Append(FileLock held, string file, ReadOnlySpan<byte> content)
    {
        using var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var (length, time) = (stream.Length, File.GetLastWriteTimeUtc(stream.SafeFileHandle));
        held.WriteNote(file, length);
        try
        {
            stream.Position = length;
            stream.Write(content);
            if (length > 0 && DateTime.UtcNow <= time) File.SetLastWriteTimeUtc(stream.SafeFileHandle, time.AddTicks(1));
            stream.Flush(flushToDisk: true);
        }
        catch
        {
            stream.SetLength(length);
            throw;
        }
        finally
        {
            held.ClearNote();
        }
    }

    /// <summary>Takes the lock of a path, and first puts back what a holder killed during an append left half-written.</summary>
    private async Task<FileLock> LockAsync(string path, CancellationToken cancellation)
    {
        var held = await locks.AcquireAsync(path, cancellation);
        try
        {
            if (held.ReadNote() is { } note && File.Exists(note.File))
            {
                using var stream = new FileStream(note.File, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
                if (stream.Length > note.Length) stream.SetLength(note.Length);
                stream.Flush(flushToDisk: true);
            }

            held.ClearNote();
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static BlobContent? Open(string file)
    {
        if (!File.Exists(file)) return null;
        try
        {
            var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16, useAsync: false);
            return new(stream, FileVersions.ETagOf(File.GetLastWriteTimeUtc(stream.SafeFileHandle), stream.Length), stream.Length);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private IEnumerable<BlobItem> Enumerate(string prefix)
    {
        var folder = Path.Combine([Root, .. prefix.Split('/')[..^1].Select(FileNames.Encode)]);
        if (!folder.StartsWith(Root, StringComparison.Ordinal) || prefix.Split('/').Any(s => s is "." or "..") || !Directory.Exists(folder)) yield break;
        var everything = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.None };
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", everything))
        {
            var segments = Path.GetRelativePath(Root, file.FullName).Split(Path.DirectorySeparatorChar).Select(FileNames.Decode).ToList();
            var path = string.Join('/', segments);
            // Only what lies in a container is a blob: lock and temporary files do not.
            if (segments.Count < 2 || !BlobPath.IsContainer(segments[0]) || !path.StartsWith(prefix, StringComparison.Ordinal)) continue;
            if (FileVersions.Describe(path, file) is { } item) yield return item;
        }
    }

    private string Locate(string path)
    {
        var (container, name) = BlobPath.Parse(path);
        return Path.Combine([Root, container, .. name.Split('/').Select(FileNames.Encode)]);
    }

    private static T Guard<T>(string place, Func<T> operation)
    {
        try
        {
            return operation();
        }
        catch (Exception e) when (StorageErrors.IsFileError(e))
        {
            throw StorageErrors.FromFile(place, e);
        }
    }

    private static async Task<T> GuardAsync<T>(string place, Func<Task<T>> operation)
    {
        try
        {
            return await operation();
        }
        catch (Exception e) when (StorageErrors.IsFileError(e))
        {
            throw StorageErrors.FromFile(place, e);
        }
    }
}
