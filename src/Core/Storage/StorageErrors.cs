namespace Rlhf.Storage;

/// <summary>Turns what an operating system or a service says into an error that names the place and the way out. All are transient: the same call may work later,
/// and none is the fault of what was to be written.</summary>
public static class StorageErrors
{
    private const int NoSpaceUnix = 28;
    private const int QuotaUnix = 122;
    private const int ReadOnlyUnix = 30;
    private const int DiskFullWindows = unchecked((int)0x80070070);

    /// <summary>Whether a file operation failed for a reason that <see cref="FromFile"/> can name.</summary>
    public static bool IsFileError(Exception e) => e is IOException or UnauthorizedAccessException;

    /// <param name="place">Path of the file or folder that could not be read or written.</param>
    public static RlhfException FromFile(string place, Exception e) => e switch
    {
        _ when IsDiskFull(e) => Full(place, e),
        UnauthorizedAccessException or { HResult: ReadOnlyUnix } => new("storage-denied", $"No permission for '{place}'.",
            "Give this user the right to read and write the data folder, or choose another folder.", 503, e)
        { IsTransient = true },
        _ => new("storage-failed", $"Storage failed at '{place}': {e.Message}",
            "Look at the disk and the data folder, then try again; nothing was half-written.", 503, e)
        { IsTransient = true },
    };

    /// <summary>An append-only blob that takes no more appends; whoever appends goes on in another.</summary>
    public const string AppendsUsedUp = "append-blob-full";

    public static RlhfException Full(string place, Exception e) => new("storage-full", $"No space left to write '{place}'.",
        "Free some disk space, then try again or resume; nothing was half-written and what was accepted is kept.", 507, e)
    { IsTransient = true };

    private static bool IsDiskFull(Exception e) => e.HResult is NoSpaceUnix or QuotaUnix or DiskFullWindows;
}
