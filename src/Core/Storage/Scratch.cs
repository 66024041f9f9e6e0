namespace Rlhf.Storage;

/// <summary>Disk space of this process for things on their way: models and checkpoints from and to storage, files that must be read twice. All of it stands in one folder below the
/// system's temporary one, gone when the process ends; nobody else can read it, where the system's temporary folder is everybody's. What a killed process left, gigabytes perhaps, goes when the
/// user's next one needs space: its folder's lock is free.</summary>
public static class Scratch
{
    private const string LockName = "lock";

    /// <summary>A folder is younger than this while its owner may not have locked it yet.</summary>
    private static readonly TimeSpan Begun = TimeSpan.FromMinutes(1);

    private static readonly Lazy<string> Own = new(Open);

    // Each user's own: what another one made can't be written to.
    private static string Root => Path.Combine(Path.GetTempPath(), $"rlhf-scratch-{Environment.UserName}");

    /// <summary>A new, empty folder; the caller deletes it when it is done.</summary>
    public static ScratchFolder NewFolder(string name) => new(Directory.CreateDirectory(NewPath(name)).FullName);

    /// <summary>A new, empty file, open to read and write, gone when it is closed.</summary>
    public static FileStream NewFile() =>
        new(NewPath("file"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 65_536, FileOptions.DeleteOnClose | FileOptions.Asynchronous);

    /// <summary>Removes what processes that were killed left below a folder.</summary>
    internal static void RemoveAbandoned(string root, DateTime before)
    {
        foreach (var folder in Directory.EnumerateDirectories(root))
        {
            if (Directory.GetCreationTimeUtc(folder) > before || !IsAbandoned(folder)) continue;
            TryDelete(folder);
        }
    }

    internal static FileStream Lock(string folder) => new(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static string NewPath(string name) => Path.Combine(Own.Value, $"{name}-{Guid.NewGuid():N}");

    private static string Open()
    {
        NewPrivate(Root);
        RemoveAbandoned(Root, DateTime.UtcNow - Begun);
        var folder = NewPrivate(Path.Combine(Root, Guid.NewGuid().ToString("N")));
        // Held until the process ends, however it ends.
        var held = Lock(folder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            held.Dispose();
            TryDelete(folder);
        };
        return folder;
    }

    // Windows' temporary folder is the user's own.
    private static string NewPrivate(string path) => OperatingSystem.IsWindows() ? Directory.CreateDirectory(path).FullName
        : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;

    private static bool IsAbandoned(string folder)
    {
        try
        {
            Lock(folder).Dispose();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody else removes it at the same time, or a later process will.
        }
    }
}

/// <summary>A folder of <see cref="Scratch"/>, deleted with all that is in it when disposed.</summary>
public sealed class ScratchFolder(string path) : IDisposable
{
    public string Path { get; } = path;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
