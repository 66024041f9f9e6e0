namespace Rlhf.Local.Hosting;

/// <summary>Where everything of one machine lives. One running host holds it (<see cref="HostLock"/>).</summary>
/// <remarks><c>.data/</c> beside the solution, or in the current folder where there is no solution, or what <c>--data</c> names.</remarks>
public sealed record DataFolder(string Root)
{
    /// <summary>The file blobs; the trainer's <c>RLHF_STORAGE</c>. <c>inbox/&lt;campaign&gt;/</c> below it is where files are dropped.</summary>
    public string Blobs => Path.Combine(Root, "blobs");

    public string Tables => Path.Combine(Root, "tables.db");

    /// <summary>Instances and history of the embedded engine; here with <c>--azurite</c> too.</summary>
    public string Orchestrations => Path.Combine(Root, "orchestrations.db");

    /// <summary>Models that storage holds and libraries read as files.</summary>
    public string Models => Path.Combine(Root, "models");

    public string SigningKeys => Path.Combine(Root, "signing-keys.json");

    public string Logs => Path.Combine(Root, "logs");

    /// <summary>Pid records and logs of trainers.</summary>
    public string Jobs => Path.Combine(Root, "jobs");

    /// <summary>What each <c>run</c> was asked to do and how far it came, for <c>resume</c>.</summary>
    public string Loops => Path.Combine(Root, "loops");

    public string Azurite => Path.Combine(Root, "azurite");

    public string OwnerToken => Path.Combine(Root, "owner-token");

    public string Lock => Path.Combine(Root, "host.lock");

    /// <summary>Address and pid of the host that holds the lock.</summary>
    public string Host => Path.Combine(Root, "host.json");

    /// <summary>Resolves the option and makes the folders.</summary>
    /// <exception cref="RlhfException"><c>data-folder-not-writable</c>.</exception>
    public static DataFolder Open(string? option)
    {
        var root = Path.GetFullPath(option ?? Path.Combine(SolutionFolder.Find() ?? Environment.CurrentDirectory, ".data"));
        var folder = new DataFolder(root);
        try
        {
            foreach (var path in (string[])[root, folder.Blobs, folder.Logs, folder.Jobs, folder.Loops]) Directory.CreateDirectory(path);
            var probe = Path.Combine(root, ".writable");
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RlhfException("data-folder-not-writable", $"The data folder '{root}' can't be written to: {e.Message}",
                "Make it writable, or name another with --data.", inner: e);
        }
        return folder;
    }
}
