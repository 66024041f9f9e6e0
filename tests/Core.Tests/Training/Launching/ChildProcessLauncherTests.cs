using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Rlhf.Contracts.Tools;
using Rlhf.Training;
using Rlhf.Training.Launching;

namespace Rlhf.Core.Tests.Training.Launching;

/// <summary>With shell scripts as trainers, so on systems that have a shell.</summary>
[Needs(Tool.Shell)]
public sealed class ChildProcessLauncherTests : IDisposable
{
    private static readonly RunId run = RunId.From("demo-run1");
    private readonly string folder = Directory.CreateTempSubdirectory("rlhf-launcher-").FullName;
    private readonly List<IDisposable> opened = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (var each in opened) each.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [ToolFact]
    public async Task Start_Trainer_GetsTheContractsEnvironmentAndItsOutputIsKept()
    {
        var launcher = Launcher("echo \"job $RLHF_JOB storage $RLHF_STORAGE spin $GOMP_SPINCOUNT\"; echo to stderr >&2");

        var execution = await launcher.StartAsync(run, Cancellation);
        var state = await EndAsync(launcher, execution);

        Assert.Equal((JobPhase.Succeeded, 0), (state.Phase, state.ExitCode));
        Assert.Equal("job runs/demo-run1/job.json storage /the/storage spin 1000\nto stderr", state.LogTail);
    }

    [ToolFact]
    public async Task State_TrainerFailed_HasExitCodeAndTheLogsEnd()
    {
        var launcher = Launcher("seq 1 100; echo out of memory; exit 3");

        var state = await EndAsync(launcher, await launcher.StartAsync(run, Cancellation));

        Assert.Equal((JobPhase.Failed, 3), (state.Phase, state.ExitCode));
        Assert.EndsWith("100\nout of memory", state.LogTail, StringComparison.Ordinal);
        Assert.Equal(20, state.LogTail!.Split('\n').Length);
    }

    [ToolFact]
    public async Task State_TrainerKilled_IsFailed()
    {
        var launcher = Launcher("sleep 600");
        var execution = await launcher.StartAsync(run, Cancellation);

        using (var trainer = Process.GetProcessById(ProcessOf(execution))) trainer.Kill();

        Assert.Equal((JobPhase.Failed, 137), await EndAsync(launcher, execution) is { } state ? (state.Phase, state.ExitCode) : default);
    }

    [ToolFact]
    public async Task Start_TrainerRuns_IsTheSameExecution()
    {
        var launcher = Launcher("sleep 600");

        var first = await launcher.StartAsync(run, Cancellation);
        var second = await launcher.StartAsync(run, Cancellation);

        Assert.Equal(first, second);
        await launcher.StopAsync(run, Cancellation);
    }

    [ToolFact]
    public async Task Start_ByALaterHost_FindsTheTrainerRunning()
    {
        var earlier = Launcher("sleep 600");
        var execution = await earlier.StartAsync(run, Cancellation);
        var later = Launcher("echo a second trainer");

        var found = await later.StartAsync(run, Cancellation);

        Assert.Equal(execution, found);
        Assert.Equal(JobPhase.Running, (await later.GetStateAsync(run, found, Cancellation)).Phase);
        await later.StopAsync(run, Cancellation);
        Assert.NotEqual(JobPhase.Running, (await later.GetStateAsync(run, found, Cancellation)).Phase);
    }

    [ToolFact]
    public async Task State_OfATrainerThatAnEarlierHostStartedAndThatEnded_IsUnknownWithItsLog()
    {
        var earlier = Launcher("echo done");
        var execution = await earlier.StartAsync(run, Cancellation);
        await EndAsync(earlier, execution);

        var state = await Launcher("exit 1").GetStateAsync(run, execution, Cancellation);

        Assert.Equal((JobPhase.Unknown, "done"), (state.Phase, state.LogTail));
    }

    [ToolFact]
    public async Task Start_AfterTheTrainerEnded_StartsAnotherAndAppendsToTheLog()
    {
        var launcher = Launcher("echo once more");
        var first = await launcher.StartAsync(run, Cancellation);
        await EndAsync(launcher, first);

        var second = await launcher.StartAsync(run, Cancellation);
        var state = await EndAsync(launcher, second);

        Assert.NotEqual(first, second);
        Assert.Equal("once more\nonce more", state.LogTail);
    }

    [ToolFact]
    public async Task Stop_TrainerWithChildren_EndsThemAll()
    {
        var launcher = Launcher("sleep 600 & echo child $!; wait");
        var execution = await launcher.StartAsync(run, Cancellation);
        var child = await UntilAsync(() => File.Exists(launcher.LogFileOf(run)) && File.ReadAllText(launcher.LogFileOf(run)).Split(' ', '\n') is ["child", var id, ..] ? int.Parse(id) : (int?)null);

        await launcher.StopAsync(run, Cancellation);
        await launcher.StopAsync(run, Cancellation);

        await UntilAsync(() => IsAlive(child) ? null : (int?)1);
    }

    [ToolFact]
    public async Task Start_NoSuchTrainer_NamesTheFile()
    {
        var launcher = LauncherOf("/no/such/trainer");

        var error = await Assert.ThrowsAsync<RlhfException>(() => launcher.StartAsync(run, Cancellation));

        Assert.Equal("trainer-missing", error.Code);
        Assert.Contains("/no/such/trainer", error.Message, StringComparison.Ordinal);
    }

    [ToolFact]
    public async Task Start_NoTrainerAndNoSource_SaysWhatToSet()
    {
        var error = await Assert.ThrowsAsync<RlhfException>(() => LauncherOf(trainer: null).StartAsync(run, Cancellation));

        Assert.Equal("trainer-missing", error.Code);
        Assert.Contains("RLHF_TRAINER", error.Remedy, StringComparison.Ordinal);
    }

    private ChildProcessLauncher Launcher(string script)
    {
        var path = Path.Combine(folder, $"trainer-{opened.Count}.sh");
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return LauncherOf(path);
    }

    private ChildProcessLauncher LauncherOf(string? trainer)
    {
        var options = new ChildProcessOptions { Folder = Path.Combine(folder, "jobs"), Storage = "/the/storage", Trainer = trainer };
        var launcher = new ChildProcessLauncher(options, new TrainerProgram(options), NullLogger<ChildProcessLauncher>.Instance);
        opened.Add(launcher);
        return launcher;
    }

    private static int ProcessOf(string execution) => int.Parse(execution.Split('-')[0]);

    private static bool IsAlive(int process) => File.Exists($"/proc/{process}/stat") && !File.ReadAllText($"/proc/{process}/stat").Contains(") Z", StringComparison.Ordinal);

    private static async Task<JobState> EndAsync(ChildProcessLauncher launcher, string execution)
    {
        JobState? state = null;
        await UntilAsync(() => (state = launcher.GetStateAsync(run, execution, Cancellation).Result).Phase == JobPhase.Running ? null : (int?)1);
        return state!;
    }

    private static async Task<int> UntilAsync(Func<int?> probe)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(30);)
        {
            if (probe() is { } found) return found;
            await Task.Delay(20, Cancellation);
        }
        throw new TimeoutException("It did not come within 30 s.");
    }
}
