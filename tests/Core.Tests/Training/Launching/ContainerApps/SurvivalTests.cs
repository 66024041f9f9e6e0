using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Rlhf.Contracts;
using Rlhf.Storage;
using Rlhf.Storage.Files;
using Rlhf.Training;
using Rlhf.Training.Launching;
using Rlhf.Training.Launching.ContainerApps;

namespace Rlhf.Core.Tests.Training.Launching.ContainerApps;

/// <summary>A run looked after on Container Apps: what its service says and what the job says of itself, over hours of a clock that the test sets.</summary>
public sealed class SurvivalTests : IAsyncLifetime
{
    private static readonly RunId run = RunId.From("demo-run1");
    private static readonly PipelineOptions options = new() { RunRestartsInAll = 5 };
    private readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);
    private readonly TemporaryFolder folder = new();
    private FileBlobStore blobs = null!;
    private ArmServer server = null!;
    private ContainerAppsJobLauncher launcher = null!;
    private JobFollower follower = null!;
    private JobTrack track = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private int Starts => server.Calls.Count(call => call == "POST /start");

    private int Stops => server.Calls.Count(call => call.EndsWith("/stop", StringComparison.Ordinal));

    public async ValueTask InitializeAsync()
    {
        server = await ArmServer.StartAsync();
        blobs = new(folder.Path);
        var arm = new ContainerAppsJobOptions { Job = ArmServer.Job, Management = server.Address };
        launcher = new(new(arm, new FixedToken(), time, server.Transport()), arm, time, NullLogger<ContainerAppsJobLauncher>.Instance);
        follower = new(blobs, options, time, NullLogger<JobFollower>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Preempted_IsStartedAgainAtMostThreeTimesWithoutGettingFurther()
    {
        await LookAsync();
        await SayAsync(0.25);
        for (var restart = 1; restart <= options.RunRestarts; restart++)
        {
            server.Set(track.Execution!, "Failed");
            Assert.Equal(JobVerdict.GoesOn, (await LookAsync()).Verdict);
            Assert.Equal((1 + restart, restart), (Starts, track.RestartsInAll));
        }

        server.Set(track.Execution!, "Failed");
        var end = await LookAsync();

        Assert.Equal((JobVerdict.Failed, "job-vanished", 1 + options.RunRestarts), (end.Verdict, end.Error?.Code, Starts));
        Assert.Contains("the last time at 25%", end.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preempted_GettingFurtherEachTime_IsBoundedAllTheSame()
    {
        await LookAsync();
        JobFinding finding;
        var progress = 0.0;
        do
        {
            await SayAsync(progress += 0.01);
            server.Set(track.Execution!, "Failed");
            finding = await LookAsync();
        }
        while (finding.Verdict == JobVerdict.GoesOn);

        Assert.Equal((JobVerdict.Failed, 1 + options.RunRestartsInAll), (finding.Verdict, Starts));
    }

    [Fact]
    public async Task Vanished_IsStartedAgainOnceItsStatusIsSilent()
    {
        await LookAsync();
        await SayAsync(0.5);
        // Only the last hundred are kept.
        for (var i = 0; i < 100; i++) server.Add($"other-run{i}", "Succeeded");

        await LookAsync();
        Assert.Equal(1, Starts);
        time.Advance(options.RunSilence + TimeSpan.FromSeconds(1));
        await LookAsync();

        Assert.Equal((2, 1, 0.5), (Starts, track.RestartsInAll, track.RestartedAt));
    }

    [Fact]
    public async Task Overdue_TheNextStartsOnceItHasEndedAndCostsOneRestart()
    {
        await LookAsync();
        server.StopsAtOnce = false;
        await RunPastTheDeadlineAsync();

        for (var look = 0; look < 3; look++)
        {
            Assert.Equal("job-stuck", (await LookAsync()).Track.Trouble?.Code);
            time.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.Equal((1, 1), (Starts, Stops));
        server.Set(track.Execution!, "Stopped");
        await LookAsync();

        Assert.Equal((2, 1, null, null), (Starts, track.RestartsInAll, track.Trouble, track.StoppedAt));
    }

    [Fact]
    public async Task Overdue_StoppedAtOnce_IsStartedAgainInTheSameLook()
    {
        await LookAsync();
        await RunPastTheDeadlineAsync();

        await LookAsync();

        Assert.Equal((2, 1, 1), (Starts, Stops, track.RestartsInAll));
    }

    [Fact]
    public async Task Overdue_SaidToRunForEver_AnotherIsStartedAfterAWhile()
    {
        await LookAsync();
        server.StopsAtOnce = false;
        await RunPastTheDeadlineAsync();
        await LookAsync();

        time.Advance(options.StopPatience);
        await LookAsync();

        Assert.Equal((2, 1), (Starts, track.RestartsInAll));
    }

    [Fact]
    public async Task Silent_ToldToStopInVain_IsToldAgainAndNothingStartsBesideIt()
    {
        await LookAsync();
        server.StopsAtOnce = false;
        time.Advance(options.RunStall + TimeSpan.FromSeconds(1));
        await LookAsync();
        time.Advance(options.StopPatience);
        await LookAsync();
        await LookAsync();

        Assert.Equal((1, 2, 0), (Starts, Stops, track.RestartsInAll));
    }

    [Fact]
    public async Task BusyForLong_IsLeftAloneAsLongAsItAsksAndItsJobIsReadMeanwhile()
    {
        server.Interfere("POST /start", (number, context) => number == 0 ? ArmServer.RefuseAsync(context, 429, "TooManyRequests", "Slow down.", "600") : Task.FromResult(false));
        await LookAsync();
        var calls = server.Calls.Count;
        for (var minute = 0; minute < 9; minute++)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(("azure-busy", null), ((await LookAsync()).Track.Trouble?.Code, track.Execution));
        }
        Assert.Equal(calls, server.Calls.Count);

        time.Advance(TimeSpan.FromMinutes(1));
        await LookAsync();

        Assert.Equal((2, null, 0), (Starts, track.Trouble, track.RestartsInAll));
        server.Interfere($"GET /executions/{track.Execution}", (_, context) => ArmServer.RefuseAsync(context, 429, "TooManyRequests", "Slow down.", "600"));
        Assert.NotNull((await LookAsync()).Track.Trouble?.NotBefore);
        await SayAsync(1, RunState.Succeeded);
        Assert.Equal(JobVerdict.Succeeded, (await LookAsync()).Verdict);
    }

    private async Task<JobFinding> LookAsync()
    {
        var finding = await follower.LookAsync(launcher, run, track, Cancellation);
        track = finding.Track;
        return finding;
    }

    /// <summary>What the job says of itself.</summary>
    private Task<string?> SayAsync(double progress, RunState state = RunState.Running) =>
        blobs.WriteJsonAsync(RunPaths.Status(run), new RunStatus(run, state, time.GetUtcNow(), time.GetUtcNow(), Progress: progress), cancellation: Cancellation);

    /// <summary>The server's timeout of an hour and the grace; the job has spoken all along.</summary>
    private async Task RunPastTheDeadlineAsync()
    {
        time.Advance(TimeSpan.FromMinutes(71));
        await SayAsync(0.5);
    }
}
