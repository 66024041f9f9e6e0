using System.Diagnostics;

namespace Rlhf.Training.Launching;

/// <summary>Starts a program that goes on when this one is killed: its output goes to a file, not into a pipe of ours, and Ctrl-C on our terminal does not reach it.</summary>
public static class DetachedProcess
{
    /// <param name="command">Program and arguments.</param>
    /// <param name="log">Appended to.</param>
    public static ProcessStartInfo Prepare(IReadOnlyList<string> command, string log)
    {
        if (OperatingSystem.IsWindows())
        {
            var line = string.Join(' ', command.Select(part => $"\"{part}\""));
            return new("cmd.exe") { Arguments = $"/d /s /c \"{line} >> \"{log}\" 2>&1\"", UseShellExecute = false, CreateNoWindow = true };
        }
        // `exec` makes the process the program itself, and setsid, where there is one, keeps its process id.
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        foreach (var argument in (string[])["-c", "log=$1; shift; exec $(command -v setsid) \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", log, .. command]) start.ArgumentList.Add(argument);
        return start;
    }
}
