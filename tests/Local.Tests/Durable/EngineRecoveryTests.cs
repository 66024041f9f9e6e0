using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rlhf.Contracts;
using Rlhf.Contracts.Orchestrations;
using Rlhf.Local.Durable;
using Rlhf.Orchestrations;

namespace Rlhf.Local.Tests.Durable;

/// <summary>What the engine promises beyond the contract: stopping, starting again, changed code, bounds.</summary>
public sealed class EngineRecoveryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Database => folder.File("durable.db");

    private Trace Trace => new(folder.File("trace"));

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Restart_WaitingInstance_GoesOnWithEventsRaisedMeanwhile()
    {
        using (var first = await StartAsync(ContractSteps.Registry()))
        {
            await first.Client.ScheduleAsync(nameof(WaitFor), new WaitFor.Input("Item", 3), "waiting");
            await first.Client.RaiseEventAsync("waiting", "Item", "1");
            await first.StopAsync();
            await first.Client.RaiseEventAsync("waiting", "Item", "2");
        }

        using var second = await StartAsync(ContractSteps.Registry());
        await second.Client.RaiseEventAsync("waiting", "Item", "3");
        Assert.Equal("""["1","2","3"]""", (await EndAsync(second, "waiting")).Output);
    }

    [Fact]
    public async Task Restart_TimerFellDueMeanwhile_Fires()
    {
        using (var first = await StartAsync(ContractSteps.Registry()))
        {
            await first.Client.ScheduleAsync(nameof(Sleep), TimeSpan.FromHours(1), "asleep");
            await Eventually.GetAsync(async () => (await first.Client.GetAsync("asleep"))!.CustomStatus);
            await first.StopAsync();
        }

        using var second = new EngineHost(Database, ContractSteps.Registry());
        second.Clock.Advance(TimeSpan.FromHours(2));
        await second.StartAsync();
        Assert.Equal(OrchestrationStatus.Completed, (await EndAsync(second, "asleep")).Status);
    }

    [Fact]
    public async Task Stop_ActivityIsRunning_IsAskedToStopAndRunsAgainAtTheNextStart()
    {
        using (var first = await StartAsync(ContractSteps.Registry()))
        {
            await first.Client.ScheduleAsync(nameof(WaitForHang), Trace, "hanging");
            await Eventually.TrueAsync(() => Trace.Lines.Contains("began"));
            await first.StopAsync();
            Assert.Equal(["began", "stopped"], Trace.Lines);
        }

        using var second = await StartAsync(ContractSteps.Registry());
        await Eventually.TrueAsync(() => Trace.Lines.Count == 3);
        Assert.Equal(OrchestrationStatus.Running, (await second.Client.GetAsync("hanging"))!.Status);
        await second.StopAsync();
    }

    [Fact]
    public async Task Terminate_ActivityIsRunning_IsAskedToStop()
    {
        using var host = await StartAsync(ContractSteps.Registry());
        await host.Client.ScheduleAsync(nameof(WaitForHang), Trace, "hanging");
        await Eventually.TrueAsync(() => Trace.Lines.Contains("began"));
        await host.Client.TerminateAsync("hanging", "enough");
        await Eventually.TrueAsync(() => Trace.Lines.Contains("stopped"));
        Assert.Equal(OrchestrationStatus.Terminated, (await host.Client.GetAsync("hanging"))!.Status);
    }

    [Fact]
    public async Task Start_AnotherEngineOnTheSameDatabase_IsRefused()
    {
        using var first = await StartAsync(ContractSteps.Registry());
        using var second = new EngineHost(Database, ContractSteps.Registry());
        var error = await Assert.ThrowsAsync<RlhfException>(second.StartAsync);
        Assert.Equal("durable-in-use", error.Code);
        Assert.Contains(Database, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schedule_NoSuchOrchestrator_IsRefusedByName()
    {
        using var host = new EngineHost(Database, ContractSteps.Registry());
        var error = await Assert.ThrowsAsync<RlhfException>(() => host.Client.ScheduleAsync("Nobody", null, "x"));
        Assert.Equal("unknown-orchestrator", error.Code);
        Assert.Contains("Nobody", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Purge_InstanceGoesOn_IsRefused()
    {
        using var host = await StartAsync(ContractSteps.Registry());
        await host.Client.ScheduleAsync(nameof(WaitOnce), "Go", "waiting");
        Assert.Equal("instance-running", (await Assert.ThrowsAsync<RlhfException>(() => host.Client.PurgeAsync("waiting"))).Code);
    }

    [Theory]
    [InlineData(typeof(Versions.CallsAnother.Changing), 1, "ActivityScheduled Echo", "ActivityScheduled Note")]
    [InlineData(typeof(Versions.CallsLess.Changing), 1, "ActivityScheduled Echo", "nothing")]
    [InlineData(typeof(Versions.CallsMore.Changing), 2, "nothing", "ActivityScheduled Echo")]
    [InlineData(typeof(Versions.EndsEarly.Changing), 0, "ActivityScheduled Echo", "the end")]
    [InlineData(typeof(Versions.SetsTimer.Changing), 0, "ActivityScheduled Echo", "TimerCreated")]
    public async Task Replay_CodeHasChanged_FailsTheInstanceNamingTheStep(Type changed, int step, string recorded, string found)
    {
        using (var first = await StartAsync(new StepRegistry().AddActivity<Echo>().AddOrchestrator<Versions.Original.Changing>()))
        {
            await first.Client.ScheduleAsync("Changing", "x", "changing");
            await Eventually.GetAsync(async () => (await first.Client.GetAsync("changing"))!.CustomStatus);
            await first.StopAsync();
        }

        var registry = new StepRegistry().AddActivity<Echo>();
        typeof(StepRegistry).GetMethod(nameof(StepRegistry.AddOrchestrator))!.MakeGenericMethod(changed).Invoke(registry, null);
        using var second = await StartAsync(registry);
        await second.Client.RaiseEventAsync("changing", "Go", "x");
        var ended = await EndAsync(second, "changing");
        Assert.Equal(typeof(NonDeterministicException).FullName, ended.Failure!.ErrorType);
        Assert.Contains($"at step {step} it did '{found}', but the history says '{recorded}'", ended.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_OrchestratorIsGone_FailsTheInstanceByName()
    {
        using (var first = await StartAsync(ContractSteps.Registry()))
        {
            await first.Client.ScheduleAsync(nameof(WaitOnce), "Go", "waiting");
            await Eventually.GetAsync(async () => (await first.Client.GetAsync("waiting"))!.CustomStatus);
            await first.StopAsync();
        }

        using var second = await StartAsync(new StepRegistry());
        await second.Client.RaiseEventAsync("waiting", "Go", "x");
        var ended = await EndAsync(second, "waiting");
        Assert.Equal("unknown-orchestrator", ended.Failure!.ErrorCode);
    }

    [Fact]
    public async Task Activities_RunSideBySide_UpToTheBound()
    {
        var gauge = new Gauge();
        var settings = new DurableSettings { DatabasePath = Database, ActivityConcurrency = 3 };
        using var host = new EngineHost(settings, new StepRegistry().AddActivity<Measure>().AddOrchestrator<MeasureMany>(), s => s.AddSingleton(gauge));
        await host.StartAsync();
        await host.Client.ScheduleAsync(nameof(MeasureMany), 12, "many");
        await EndAsync(host, "many");
        Assert.Equal(3, gauge.Most);
    }

    [Fact]
    public async Task Logger_SaysEachLineOnce()
    {
        using var lines = new LineCollector();
        using var host = new EngineHost(Database, ContractSteps.Registry(), s => s.AddLogging(l => l.AddProvider(lines)));
        await host.StartAsync();
        await host.Client.ScheduleAsync(nameof(LogLines), "x", "logging");
        await EndAsync(host, "logging");
        Assert.Equal(["x line 0", "x line 1", "x line 2"], lines.Of("contract"));
    }

    [Theory]
    [InlineData(0, 8, "ActivityConcurrency is 0")]
    [InlineData(8, -1, "OrchestratorConcurrency is -1")]
    public void Settings_NotValid_AreRefusedWithTheValue(int activities, int orchestrators, string message)
    {
        var settings = new DurableSettings { DatabasePath = Database, ActivityConcurrency = activities, OrchestratorConcurrency = orchestrators };
        Assert.StartsWith(message, Assert.Throws<RlhfException>(settings.Validate).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Database_IsNoDatabase_IsRefusedByName()
    {
        File.WriteAllText(Database, new string('x', 5_000));
        var error = Assert.Throws<RlhfException>(() => new EngineHost(Database, ContractSteps.Registry()));
        Assert.Equal("storage-damaged", error.Code);
        Assert.Contains(Database, error.Message, StringComparison.Ordinal);
    }

    private Task<EngineHost> StartAsync(StepRegistry steps) => new EngineHost(Database, steps).StartAsync();

    private static Task<OrchestrationInstance> EndAsync(EngineHost host, string id) =>
        Eventually.GetAsync(async () => await host.Client.GetAsync(id) is { HasEnded: true } ended ? ended : null, $"the end of {id}");
}
