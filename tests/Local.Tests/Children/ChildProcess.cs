using System.Collections.Concurrent;
using System.Diagnostics;
using Rlhf.Contracts;

namespace Rlhf.Local.Tests.Children;

/// <summary>One of <see cref="ChildPrograms"/> in a process of its own, with the lines it said.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();
    private readonly TaskCompletionSource drained = new();

    public ChildProcess(string name, params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Rlhf.Local.Tests" + (OperatingSystem.IsWindows() ? ".exe" : ""));
        process = new() { StartInfo = new(program, ["child", name, .. arguments]) { RedirectStandardOutput = true } };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null) drained.TrySetResult();
            else lines.Enqueue(line.Data);
        };
        process.Start();
        process.BeginOutputReadLine();
    }

    public IReadOnlyCollection<string> Lines => lines;

    public bool HasExited => process.HasExited;

    public Task SaysAsync(string line) => Eventually.TrueAsync(() => process.HasExited || lines.Contains(line), $"'{line}' from the child");

    public Task SaysLinesAsync(int count) => Eventually.TrueAsync(() => process.HasExited || lines.Count >= count, $"{count} lines from the child");

    /// <summary>SIGKILL, at whatever it is doing, then all that it had said.</summary>
    public async Task<IReadOnlyCollection<string>> KillAsync()
    {
        process.Kill();
        return await ExitAsync();
    }

    public async Task<IReadOnlyCollection<string>> ExitAsync()
    {
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        await drained.Task.WaitAsync(TimeSpan.FromMinutes(1));
        return lines;
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }
}
