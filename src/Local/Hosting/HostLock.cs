using System.Text.Json;
using Rlhf.Json;

namespace Rlhf.Local.Hosting;

/// <summary>One host a data folder. The operating system holds the lock, so it is free again however the host ended.</summary>
public sealed class HostLock : IDisposable
{
    private readonly FileStream file;
    private readonly DataFolder data;

    private HostLock(FileStream file, DataFolder data)
    {
        this.file = file;
        this.data = data;
    }

    /// <exception cref="RlhfException"><c>already-running</c>, with the running host's link.</exception>
    public static HostLock Take(DataFolder data)
    {
        try
        {
            return new(new FileStream(data.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), data);
        }
        catch (IOException e)
        {
            var running = ReadRunning(data);
            var where = running is null ? "" : $" (process {running.ProcessId}): {running.Link}";
            throw new RlhfException("already-running", $"Another one is running on '{data.Root}'{where}",
                "Open its link, or stop it with Ctrl-C first, or start a second one beside it with --data FOLDER.", 409, e);
        }
    }

    /// <summary>Says where this host is, for a second one that is started beside it.</summary>
    public void Announce(Uri address, string link)
    {
        var part = data.Host + ".part";
        File.WriteAllText(part, JsonSerializer.Serialize(new RunningHost(Environment.ProcessId, address, link), RlhfJson.Indented));
        OwnerOnly(part);
        File.Move(part, data.Host, overwrite: true);
    }

    public static RunningHost? ReadRunning(DataFolder data)
    {
        try
        {
            return JsonSerializer.Deserialize<RunningHost>(File.ReadAllText(data.Host), RlhfJson.Options);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        File.Delete(data.Host);
        file.Dispose();
    }

    /// <summary>The link holds the admin token.</summary>
    internal static void OwnerOnly(string path)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public sealed record RunningHost(int ProcessId, Uri Address, string Link);
}
