using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Rlhf.Contracts;
using Rlhf.Contracts.Orchestrations;
using Rlhf.Local.Tests.Durable;
using Rlhf.Orchestrations;
using Rlhf.Telemetry;

namespace Rlhf.Local.Tests.Telemetry;

/// <summary>The embedded engine's spans: one a thing that happened, with the right parents, however often the code is replayed or the process ends.</summary>
public sealed class EngineTraceTests : IDisposable
{
    private const string SourceName = "Rlhf.Tests.Traces";

    private static readonly ActivitySource source = new(SourceName);

    private readonly TemporaryFolder folder = new();
    private readonly Recorder recorder = new();
    private readonly ActivityListener listener = new()
    {
        ShouldListenTo = s => s.Name == SourceName,
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
    };

    public EngineTraceTests() => ActivitySource.AddActivityListener(listener);

    private string Database => Path.Combine(folder.Path, "durable.db");

    public void Dispose()
    {
        listener.Dispose();
        recorder.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Schedule_UnderASpan_OrchestrationAndActivitiesAreInItsTraceOnce()
    {
        var id = NewId();
        ActivityTraceId trace;
        using (var host = await new EngineHost(Database, Steps).StartAsync())
        {
            trace = await ScheduleAsync(host, id);
            await WaitForStatusAsync(host, id);
            await host.Client.RaiseEventAsync(id, "Go", "now");
            await EndAsync(host, id);
            await host.StopAsync();
        }

        var spans = SpansOf(trace);
        var create = Assert.Single(spans, s => s.DisplayName == "create_orchestration:Traced");
        var begin = Assert.Single(spans, s => s.DisplayName == "orchestration:Traced");
        var end = Assert.Single(spans, s => s.DisplayName == "orchestration_end:Traced");
        var activities = spans.Where(s => s.DisplayName == "activity:Echo").ToList();
        Assert.Equal(create.SpanId, begin.ParentSpanId);
        Assert.Equal(3, activities.Count);
        Assert.All(activities, a => Assert.Equal(begin.SpanId, a.ParentSpanId));
        Assert.Equal(begin.SpanId, end.ParentSpanId);
        Assert.Equal("Completed", end.GetTagItem(Tags.TaskStatus));
        Assert.Equal(id, begin.GetTagItem(Tags.TaskInstance));
    }

    [Fact]
    public async Task Restart_InTheMiddle_GoesOnInTheSameTrace()
    {
        var id = NewId();
        ActivityTraceId trace;
        using (var first = await new EngineHost(Database, Steps).StartAsync())
        {
            trace = await ScheduleAsync(first, id);
            await WaitForStatusAsync(first, id);
            await first.StopAsync();
        }
        using (var second = await new EngineHost(Database, Steps).StartAsync())
        {
            await second.Client.RaiseEventAsync(id, "Go", "now");
            await EndAsync(second, id);
            await second.StopAsync();
        }

        var spans = SpansOf(trace);
        var begin = Assert.Single(spans, s => s.DisplayName == "orchestration:Traced");
        Assert.Equal(3, spans.Count(s => s.DisplayName == "activity:Echo" && s.ParentSpanId == begin.SpanId));
        Assert.Single(spans, s => s.DisplayName == "orchestration_end:Traced" && s.ParentSpanId == begin.SpanId);
    }

    [Fact]
    public async Task Event_FromAnotherTrace_IsLinkedToWhatFollowsFromIt()
    {
        var id = NewId();
        using var host = await new EngineHost(Database, Steps).StartAsync();
        var trace = await ScheduleAsync(host, id);
        await WaitForStatusAsync(host, id);
        ActivityTraceId other;
        using (var span = Assert.IsType<Activity>(source.StartActivity("ranking")))
        {
            other = span.TraceId;
            await host.Client.RaiseEventAsync(id, "Go", "now");
        }
        await EndAsync(host, id);
        await host.StopAsync();

        var raised = Assert.Single(SpansOf(other), s => s.DisplayName == "orchestration_event:Go");
        Assert.Equal(id, raised.GetTagItem(Tags.EventTarget));
        var woken = Assert.Single(SpansOf(trace), s => s.DisplayName == "activity:Echo" && s.Links.Any());
        Assert.Equal(raised.SpanId, woken.Links.Single().Context.SpanId);
        Assert.Equal(other, woken.Links.Single().Context.TraceId);
    }

    [Fact]
    public async Task SubOrchestrationAndFailure_AreInTheTraceWithTheirErrorsCode()
    {
        var id = NewId();
        using var host = await new EngineHost(Database, Steps).StartAsync();
        var trace = await ScheduleAsync(host, id, nameof(Parent));
        await EndAsync(host, id);
        await host.StopAsync();

        var spans = SpansOf(trace);
        var parent = Assert.Single(spans, s => s.DisplayName == "orchestration:Parent");
        var child = Assert.Single(spans, s => s.DisplayName == "orchestration:Failing");
        Assert.Equal(parent.SpanId, child.ParentSpanId);
        foreach (var name in (string[])["activity:Refuse", "orchestration_end:Failing", "orchestration_end:Parent"])
        {
            var span = Assert.Single(spans, s => s.DisplayName == name);
            Assert.Equal(ActivityStatusCode.Error, span.Status);
            Assert.Equal("sentinel-refused", span.StatusDescription);
        }
        Assert.DoesNotContain(spans, s => s.TagObjects.Any(t => $"{t.Value}".Contains(Refuse.Words, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Terminate_EndsTheSpan()
    {
        var id = NewId();
        using var host = await new EngineHost(Database, Steps).StartAsync();
        var trace = await ScheduleAsync(host, id);
        await WaitForStatusAsync(host, id);
        await host.Client.TerminateAsync(id, "No longer needed.");
        await host.StopAsync();

        var end = Assert.Single(SpansOf(trace), s => s.DisplayName == "orchestration_end:Traced");
        Assert.Equal("Terminated", end.GetTagItem(Tags.TaskStatus));
    }

    [Fact]
    public async Task Schedule_OfARunningInstance_LeavesNoSpanOfAStartThatWasNone()
    {
        var id = NewId();
        using var host = await new EngineHost(Database, Steps).StartAsync();
        await ScheduleAsync(host, id);
        using var span = Assert.IsType<Activity>(source.StartActivity("again"));
        await Assert.ThrowsAsync<DuplicateInstanceException>(() => host.Client.ScheduleAsync(nameof(Traced), "x", id));
        await host.StopAsync();

        Assert.DoesNotContain(SpansOf(span.TraceId), s => s.DisplayName == "create_orchestration:Traced");
    }

    [Fact]
    public async Task Database_MadeBeforeThereWereTraces_GoesOn()
    {
        var id = NewId();
        using (var host = await new EngineHost(Database, Steps).StartAsync())
        {
            await host.Client.ScheduleAsync(nameof(Traced), "old", id);
            await WaitForStatusAsync(host, id);
            await host.StopAsync();
        }
        TakeTracesOut();
        using (var host = await new EngineHost(Database, Steps).StartAsync())
        {
            await host.Client.RaiseEventAsync(id, "Go", "now");
            Assert.Equal("\"now\"", (await EndAsync(host, id)).Output);
            var next = NewId();
            var trace = await ScheduleAsync(host, next);
            await WaitForStatusAsync(host, next);
            await host.StopAsync();
            Assert.Single(SpansOf(trace), s => s.DisplayName == "orchestration:Traced");
        }
    }

    private static StepRegistry Steps => new StepRegistry()
        .AddOrchestrator<Traced>().AddOrchestrator<Parent>().AddOrchestrator<Failing>().AddActivity<Echo>().AddActivity<Refuse>();

    private static string NewId() => $"traced-{Guid.NewGuid():n}";

    private IReadOnlyList<Activity> SpansOf(ActivityTraceId trace) => [.. recorder.Spans.Where(s => s.TraceId == trace)];

    private static async Task<ActivityTraceId> ScheduleAsync(EngineHost host, string id, string orchestrator = nameof(Traced))
    {
        using var span = Assert.IsType<Activity>(source.StartActivity("request"));
        await host.Client.ScheduleAsync(orchestrator, "hello", id);
        return span.TraceId;
    }

    private static Task<OrchestrationInstance> WaitForStatusAsync(EngineHost host, string id) =>
        Eventually.GetAsync(async () => await host.Client.GetAsync(id) is { CustomStatus: "\"waiting\"" } waiting ? waiting : null, "waiting");

    private static Task<OrchestrationInstance> EndAsync(EngineHost host, string id) =>
        Eventually.GetAsync(async () => await host.Client.GetAsync(id) is { HasEnded: true } ended ? ended : null, "ended");

    /// <summary>The tables as they were.</summary>
    private void TakeTracesOut()
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        foreach (var (table, column) in ((string, string)[])[("instances", "trace"), ("inbox", "trace"), ("work", "trace"), ("work", "cause")])
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"ALTER TABLE {table} DROP COLUMN {column}";
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Two steps, a wait, a step.</summary>
    public sealed class Traced : Orchestrator<string, string>
    {
        public override async Task<string> RunAsync(IOrchestrationContext context, string input)
        {
            await context.CallActivityAsync<string>(nameof(Echo), input);
            await context.CallActivityAsync<string>(nameof(Echo), input);
            context.SetCustomStatus("waiting");
            var said = await context.WaitForExternalEvent<string>("Go");
            return await context.CallActivityAsync<string>(nameof(Echo), said);
        }
    }

    public sealed class Parent : Orchestrator<string, string>
    {
        public override Task<string> RunAsync(IOrchestrationContext context, string input) => context.CallSubOrchestratorAsync<string>(nameof(Failing), input);
    }

    public sealed class Failing : Orchestrator<string, string>
    {
        public override Task<string> RunAsync(IOrchestrationContext context, string input) => context.CallActivityAsync<string>(nameof(Refuse), input);
    }

    public sealed class Refuse : Activity<string, string>
    {
        public const string Words = "what somebody wrote";

        public override Task<string> RunAsync(string input, CancellationToken cancellation) =>
            throw new RlhfException("sentinel-refused", $"It says {Words}.", "Nothing helps.");
    }
}
