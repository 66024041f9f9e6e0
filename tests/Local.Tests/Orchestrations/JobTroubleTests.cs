using Rlhf.Contracts;
using Rlhf.Training;

namespace Rlhf.Local.Tests.Orchestrations;

/// <summary>What a run survives between its start and its end. No event tells any of it: the run looks for itself.</summary>
public sealed class JobTroubleTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task LauncherAwayAtTheStart_IsSaidAndTheJobStartsOnceItIsBack()
    {
        await using var host = await LabeledAsync(ShellJobLauncher.Succeeds, ShellJobLauncher.Away);
        var waiting = await host.RunAsync(r => r.Trouble is not null, "the trouble is said");
        Assert.Equal((RunState.Running, "launcher-away", 0), (waiting.State, waiting.Trouble!.Code, host.Launcher.Started));

        host.Launcher.Trouble = null;

        var run = await host.RunAsync(r => r.HasEnded, "the run ended");
        Assert.Equal((RunState.Succeeded, null, 0), (run.State, run.Trouble, run.RestartsInAll));
    }

    [Fact]
    public async Task LauncherRefusesForGood_FailsTheRunWithItsReason()
    {
        await using var host = await LabeledAsync(ShellJobLauncher.Succeeds, new("trainer-job-forbidden", "The identity may not start the job.", "Give it the role."));

        var run = await host.RunAsync(r => r.HasEnded, "the run ended");

        Assert.Equal((RunState.Failed, "trainer-job-forbidden", "Give it the role."), (run.State, run.Error!.Code, run.Error.Remedy));
    }

    [Fact]
    public async Task LauncherAwayWhileTheJobRuns_NoSecondOneIsStarted()
    {
        await using var host = await LabeledAsync(ShellJobLauncher.WaitsForLeave);
        var running = await host.RunAsync(r => host.Launcher.IsRunning(r.Id), "the job runs");

        host.Launcher.Trouble = ShellJobLauncher.Away;
        await host.RunAsync(r => r.Trouble is not null, "the trouble is said");
        await File.WriteAllTextAsync(Path.Combine(host.BlobFolder, "runs", running.Id.Value, "leave"), "");

        // Its status says that it succeeded, whether or not the launcher can be asked.
        var run = await host.RunAsync(r => r.HasEnded, "the run ended");
        Assert.Equal((RunState.Succeeded, 1), (run.State, host.Launcher.Started));
    }

    [Fact]
    public async Task JobSilentWhileItIsSaidToRun_IsStoppedAndGoesOn()
    {
        await using var host = await LabeledAsync(ShellJobLauncher.HangsOnce, options: PipelineHost.Quick with { RunStall = TimeSpan.FromSeconds(4) });

        var run = await host.RunAsync(r => r.HasEnded, "the run ended");

        Assert.Equal((RunState.Succeeded, 2, 1), (run.State, host.Launcher.Started, run.RestartsInAll));
    }

    [Fact]
    public async Task JobPastItsDeadline_IsStoppedAndGoesOn()
    {
        await using var host = await LabeledAsync(ShellJobLauncher.HangsOnce, deadline: TimeSpan.FromSeconds(4));

        var run = await host.RunAsync(r => r.HasEnded, "the run ended");

        Assert.Equal((RunState.Succeeded, 2, 1), (run.State, host.Launcher.Started, run.RestartsInAll));
    }

    [Fact]
    public async Task JobStuckEveryTime_FailsTheRunAndNothingIsLeftRunning()
    {
        await using var host = await LabeledAsync(ShellJobLauncher.Hangs, deadline: TimeSpan.FromMilliseconds(300));

        var run = await host.RunAsync(r => r.HasEnded, "the run ended");

        Assert.Equal((RunState.Failed, "job-stuck"), (run.State, run.Error!.Code));
        Assert.Contains("stopped 4 times, the last time at 10%", run.Error.Message, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => !host.Launcher.IsRunning(run.Id));
        Assert.Equal(1 + PipelineHost.Quick.RunRestarts, host.Launcher.Started);
    }

    [Fact]
    public async Task JobPreemptedAgainAndAgain_IsBoundedThoughItGetsFurther()
    {
        await using var host = await LabeledAsync(ShellJobLauncher.CreepsAndDies, options: PipelineHost.Quick with { RunRestartsInAll = 5 });

        var run = await host.RunAsync(r => r.HasEnded, "the run ended");

        Assert.Equal((RunState.Failed, "job-vanished", 6), (run.State, run.Error!.Code, host.Launcher.Started));
    }

    [Fact]
    public async Task JobFailedAndItsLauncherHasNoLog_TheLogsEndComesFromStorage()
    {
        await using var host = await LabeledAsync(ShellJobLauncher.FailsWithALongLog, hasLog: false);

        var run = await host.RunAsync(r => r.HasEnded, "the run ended");

        Assert.Equal("job-failed", run.Error!.Code);
        Assert.EndsWith("19999\n20000\nCUDA error: out of memory", run.Error.Detail, StringComparison.Ordinal);
        Assert.Equal(20, run.Error.Detail!.Split('\n').Length);
    }

    [Fact]
    public async Task CancelledWhileTheLauncherIsAway_IsStoppedOnceItIsBack()
    {
        await using var host = await LabeledAsync(ShellJobLauncher.Hangs, options: PipelineHost.Quick with { RunStall = TimeSpan.FromHours(1) });
        var run = await host.RunAsync(r => r.State == RunState.Running && host.Launcher.IsRunning(r.Id), "the job runs");
        host.Launcher.FailingStops = 2;

        await host.Get<RunService>().CancelAsync(run.Id);

        await Eventually.TrueAsync(() => !host.Launcher.IsRunning(run.Id));
        Assert.Equal(RunState.Cancelled, (await host.Get<RunStore>().GetAsync(run.Id)).State);
    }

    [Fact]
    public async Task CancelledBeforeTheStartWasAnswered_TheJobIsStopped()
    {
        await using var host = await LabeledAsync(ShellJobLauncher.Hangs, options: PipelineHost.Quick with { RunStall = TimeSpan.FromHours(1) }, lostAnswers: int.MaxValue);
        var run = await host.RunAsync(r => r.Trouble is not null && host.Launcher.IsRunning(r.Id), "the job runs and nobody knows its name");
        Assert.Null(run.Execution);

        await host.Get<RunService>().CancelAsync(run.Id);

        await Eventually.TrueAsync(() => !host.Launcher.IsRunning(run.Id));
    }

    private async Task<PipelineHost> LabeledAsync(
        string script, RlhfException? trouble = null, PipelineOptions? options = null, TimeSpan? deadline = null, bool hasLog = true, int lostAnswers = 0)
    {
        var host = await PipelineHost.StartAsync(folder, options);
        (host.Launcher.Script, host.Launcher.Trouble, host.Launcher.Deadline, host.Launcher.HasLog, host.Launcher.LostAnswers) = (script, trouble, deadline, hasLog, lostAnswers);
        await host.CreateAsync();
        await host.DropAsync(60);
        var annotator = await host.InviteAsync("sim-1");
        await host.JudgeUntilAsync(annotator, PipelineHost.ByRule, async () => (await host.Get<RunStore>().ListAsync(PipelineHost.Campaign)).Count > 0);
        return host;
    }
}
