using System.ComponentModel;
using System.Diagnostics;

namespace Rlhf.Training.Launching;

/// <summary>A process as a later host can find it again.</summary>
/// <param name="StartedAt">By the operating system; tells the process from a later one with the same id.</param>
public sealed record ProcessIdentity(int Id, DateTime StartedAt)
{
    /// <summary>Of a process that was just started; one that has ended already is never found again.</summary>
    public static ProcessIdentity Of(Process process)
    {
        try
        {
            return new(process.Id, process.StartTime.ToUniversalTime());
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            return new(process.Id, DateTime.MinValue);
        }
    }

    /// <summary>The process, if it still runs.</summary>
    public Process? Find()
    {
        try
        {
            var process = Process.GetProcessById(Id);
            // Linux derives the start from ticks since boot, so two readings may differ by a little.
            if (!process.HasExited && !IsZombie() && (process.StartTime.ToUniversalTime() - StartedAt).Duration() < TimeSpan.FromSeconds(1)) return process;
            process.Dispose();
            return null;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }

    // An orphan that ended where nobody collects orphans (a container without an init) still has its entry.
    private bool IsZombie()
    {
        try
        {
            return OperatingSystem.IsLinux() && File.ReadAllText($"/proc/{Id}/stat") is var stat && stat[stat.LastIndexOf(')')..].StartsWith(") Z", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }
}
