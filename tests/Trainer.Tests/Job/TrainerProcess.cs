using System.Diagnostics;
using System.Runtime.InteropServices;
using Rlhf.Trainer.Job;

namespace Rlhf.Trainer.Tests.Job;

/// <summary>The real trainer as a process of its own.</summary>
internal sealed partial class TrainerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly Process process;
    private readonly Task<string> errors;
    private readonly Task<string> output;

    public TrainerProcess(string storage, string job, string command = "job")
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "rlhf-trainer.dll"), command },
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment[JobCommand.StorageVariable] = storage;
        start.Environment[JobCommand.JobVariable] = job;
        start.Environment["GOMP_SPINCOUNT"] = "1000";
        process = Process.Start(start)!;
        errors = process.StandardError.ReadToEndAsync();
        output = process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>SIGKILL: nothing of it gets to tidy up.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Terminate() => Assert.Equal(0, SendSignal(process.Id, 15));

    public async Task<(int ExitCode, string Errors)> EndAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(timeout.Token);
        return (process.ExitCode, await errors);
    }

    /// <summary>All it printed, once it has ended.</summary>
    public Task<string> OutputAsync() => output;

    /// <summary>Waits until <paramref name="condition"/> holds, while the process lives.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            if (process.HasExited) Assert.Fail($"The trainer ended with {process.ExitCode} too early: {await errors}");
            await Task.Delay(20, timeout.Token);
        }
    }

    public void Dispose()
    {
        if (!process.HasExited) Kill();
        process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
