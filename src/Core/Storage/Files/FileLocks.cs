using System.Text;

namespace Rlhf.Storage.Files;

/// <summary>Locks on blobs that hold between processes: the operating system's lock on one of a few lock files, chosen by the path. A killed process lets go by itself.</summary>
/// <remarks>Lock files are never deleted: who deletes one can't know that nobody just opened it.</remarks>
internal sealed class FileLocks(string folder)
{
    private const int Stripes = 64;
    private const int LongestPause = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim[] inside = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1))];

    /// <exception cref="RlhfException"><c>storage-busy</c>: another process held the lock for a minute.</exception>
    public async Task<FileLock> AcquireAsync(string path, CancellationToken cancellation)
    {
        var stripe = StableHash(path) % Stripes;
        // Callers of this process queue up here, so that only processes meet at the file, where waiting is polling.
        await inside[stripe].WaitAsync(cancellation);
        try
        {
            return new(await OpenAsync(Path.Combine(folder, $"{stripe:x2}.lock"), cancellation), inside[stripe]);
        }
        catch
        {
            inside[stripe].Release();
            throw;
        }
    }

    /// <summary>Opens a lock file, waiting for another process to let go of it.</summary>
    public static FileStream Open(string file)
    {
        var start = TimeProvider.System.GetTimestamp();
        for (var pause = 1; ; pause = Math.Min(pause * 2, LongestPause))
        {
            if (TryOpen(file) is { } stream) return stream;
            ThrowIfTooLong(file, start);
            Thread.Sleep(pause);
        }
    }

    private static async Task<FileStream> OpenAsync(string file, CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        for (var pause = 1; ; pause = Math.Min(pause * 2, LongestPause))
        {
            if (TryOpen(file) is { } stream) return stream;
            ThrowIfTooLong(file, start);
            await Task.Delay(pause, cancellation);
        }
    }

    private static void ThrowIfTooLong(string file, long start)
    {
        if (TimeProvider.System.GetElapsedTime(start) < Patience) return;
        throw new RlhfException("storage-busy", $"Another process has held the lock '{file}' for a minute.",
            "End the process that hangs (a stopped run, a debugger), then try again.", 503)
        { IsTransient = true };
    }

    /// <summary>Null where another process holds it.</summary>
    internal static FileStream? TryOpen(string file)
    {
        try
        {
            return new(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException) && IsHeld(e))
        {
            return null;
        }
    }

    // EWOULDBLOCK is 11 on Linux and 35 on macOS; ERROR_SHARING_VIOLATION on Windows.
    private static bool IsHeld(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);

    /// <summary>FNV-1a: the same in every process, which string.GetHashCode is not.</summary>
    private static int StableHash(string text)
    {
        var hash = 2166136261u;
        foreach (var b in Encoding.UTF8.GetBytes(text)) hash = unchecked((hash ^ b) * 16777619u);
        return (int)(hash & int.MaxValue);
    }
}

/// <summary>A lock that is held. Its file carries a note about an append under way, which the next holder finds if this one is killed.</summary>
internal sealed class FileLock(FileStream file, SemaphoreSlim inside) : IDisposable
{
    /// <summary>What a killed holder left: the file it was appending to and that file's length before.</summary>
    public (string File, long Length)? ReadNote()
    {
        if (file.Length == 0) return null;
        var bytes = new byte[file.Length];
        file.Position = 0;
        file.ReadExactly(bytes);
        var lines = Encoding.UTF8.GetString(bytes).Split('\n');
        // A note without its end was cut short, so its append had not begun.
        return lines is [var length, var name, ""] && long.TryParse(length, out var number) ? (name, number) : null;
    }

    public void WriteNote(string target, long length)
    {
        file.SetLength(0);
        file.Position = 0;
        file.Write(Encoding.UTF8.GetBytes($"{length}\n{target}\n"));
    }

    public void ClearNote() => file.SetLength(0);

    public void Dispose()
    {
        file.Dispose();
        inside.Release();
    }
}
