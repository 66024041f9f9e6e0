using Rlhf.Orchestrations;

namespace Rlhf.Contracts.Orchestrations;

public abstract partial class OrchestrationContract
{
    [Fact]
    public async Task Get_TellsNameInputOutputAndTimes()
    {
        var before = await RunAsync<EchoTwice>("x");
        Assert.Equal((nameof(EchoTwice), "\"x\"", "\"x once twice\""), (before.Orchestrator, before.Input, before.Output));
        Assert.True(before.LastUpdatedAt >= before.CreatedAt);
        Assert.Null(await Client.GetAsync(NewId()));
    }

    [Fact]
    public async Task Schedule_IdIsRunning_IsATypedError()
    {
        var id = await StartAsync<WaitOnce>("Go");
        await Assert.ThrowsAsync<DuplicateInstanceException>(() => StartAsync<WaitOnce>("Go", id));
        await Client.RaiseEventAsync(id, "Go", "still the first");
        Assert.Equal("still the first", Output<string>(await EndAsync(id)));
    }

    [Fact]
    public async Task Schedule_ManyAtOnceWithOneId_OneRuns()
    {
        var id = NewId();
        var started = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Client.TryScheduleAsync(nameof(TimeAndIds), Trace, id)));
        Assert.Contains(true, started);
        await Eventually.TrueAsync(() => Trace.Lines.Count > 0);
        await Client.RaiseEventAsync(id, "Go", "x");
        var output = Output<TimeAndIds.Output>(await EndAsync(id));
        // Each line names the execution that wrote it.
        Assert.Single(Trace.Lines.Distinct());
        Assert.StartsWith($"{output.First}", Trace.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schedule_IdOfOneThatEnded_StartsAnew()
    {
        var first = await RunAsync<EchoTwice>("a");
        var second = await RunAsync<EchoTwice>("b", first.InstanceId);
        Assert.Equal("b once twice", Output<string>(second));
    }

    [Fact]
    public async Task Schedule_InputTooLarge_IsRefused() => Assert.Equal("payload-too-large",
        (await Assert.ThrowsAsync<RlhfException>(() => StartAsync<EchoTwice>(new string('x', Payloads.MaximumBytes)))).Code);

    [Fact]
    public async Task List_GivesThoseOfAPrefix()
    {
        var prefix = NewId();
        foreach (var n in new[] { "b", "a", "c" }) await RunAsync<EchoTwice>(n, $"{prefix}-{n}");
        await RunAsync<EchoTwice>("x", $"{prefix[..^1]}");

        var listed = new List<string>();
        await foreach (var instance in Client.ListAsync(prefix + "-")) listed.Add(instance.InstanceId);
        Assert.Equal([$"{prefix}-a", $"{prefix}-b", $"{prefix}-c"], listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task ContinueAsNew_StartsAgainWithTheNextInput()
    {
        var ended = await RunAsync<CountUp>(1);
        Assert.Equal(10, Output<int>(ended));
        Assert.Equal("10", ended.Input);
    }

    [Fact]
    public async Task ContinueAsNew_KeepsUnreadEvents()
    {
        var id = await StartAsync<CollectAcrossGenerations>(Array.Empty<string>());
        foreach (var item in new[] { "1", "2", "3" }) await Client.RaiseEventAsync(id, "Item", item);
        await StatusAsync(id, "generation 3");
        foreach (var item in new[] { "4", "5" }) await Client.RaiseEventAsync(id, "Item", item);
        // All of them, once each: Durable sends them on as messages, which may overtake each other.
        Assert.Equal(["1", "2", "3", "4", "5"], Output<IReadOnlyList<string>>(await EndAsync(id)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Terminate_EndsAWaitingInstanceWithItsReason()
    {
        var id = await StartAsync<WaitOnce>("Go");
        await StatusAsync(id, "waiting");
        await Client.TerminateAsync(id, "no longer wanted");
        var ended = await EndAsync(id);
        Assert.Equal(OrchestrationStatus.Terminated, ended.Status);
        Assert.Equal("no longer wanted", ended.Failure!.Message);
        await Client.RaiseEventAsync(id, "Go", "late");
        await Client.TerminateAsync(id, "again");
        Assert.Equal("no longer wanted", (await Client.GetAsync(id))!.Failure!.Message);
    }

    [Fact]
    public async Task Terminate_NoSuchInstance_DoesNothing() => await Client.TerminateAsync(NewId(), "never there");

    [Fact]
    public async Task Purge_ForgetsAnInstanceThatEnded()
    {
        var ended = await RunAsync<EchoTwice>("x");
        Assert.True(await Client.PurgeAsync(ended.InstanceId));
        Assert.Null(await Client.GetAsync(ended.InstanceId));
        Assert.False(await Client.PurgeAsync(ended.InstanceId));
    }

    [Fact]
    public async Task CallSubOrchestrator_GivesItsOutput() =>
        Assert.Equal("child: x once twice", await OutputAsync<Parent, string>(new Parent.Input(nameof(EchoTwice), "x")));

    [Fact]
    public async Task CallSubOrchestrator_WithItsOwnId_CanBeReachedByIt()
    {
        var child = NewId();
        var parent = await StartAsync<Parent>(new Parent.Input(nameof(WaitOnce), "Go", child));
        await StatusAsync(child, "waiting");
        await Client.RaiseEventAsync(child, "Go", "hello");
        Assert.Equal("child: hello", Output<string>(await EndAsync(parent)));
    }

    [Fact]
    public async Task CallSubOrchestrator_Fails_ThrowsStepFailedWithTheCode()
    {
        var failure = await OutputAsync<NestedFailure, StepFailure>("this");
        Assert.Equal(("no-luck", "Try another."), (failure.ErrorCode, failure.Remedy));
    }

    [Fact]
    public async Task CallSubOrchestrator_Terminated_FailsTheCaller()
    {
        var child = NewId();
        var parent = await StartAsync<Parent>(new Parent.Input(nameof(WaitOnce), "Go", child));
        await StatusAsync(child, "waiting");
        await Client.TerminateAsync(child, "enough");
        var ended = await EndAsync(parent);
        Assert.Equal(OrchestrationStatus.Failed, ended.Status);
        // The caller learns that its step was ended; the reason stays with the child.
        Assert.Contains(nameof(WaitOnce), ended.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SetCustomStatus_TooLarge_FailsWithTheSize()
    {
        Assert.Equal(OrchestrationStatus.Completed, (await RunAsync<SetStatus>(Payloads.MaximumCustomStatusCharacters - 2)).Status);
        var ended = await RunAsync<SetStatus>(Payloads.MaximumCustomStatusCharacters);
        Assert.Equal("custom-status-too-large", ended.Failure!.ErrorCode);
    }

    [Theory]
    [InlineData(nameof(AwaitForeign))]
    [InlineData(nameof(AwaitForeignBeside))]
    [InlineData(nameof(ContinueElsewhere))]
    public async Task ForeignAwait_FailsTheInstanceAndSaysSo(string orchestrator)
    {
        if (orchestrator == nameof(AwaitForeignBeside) && !SeesForeignAwaitBesideOpenTasks) Assert.Skip("This host only sees a foreign await where nothing of the context's is awaited.");
        var id = NewId();
        await Client.ScheduleAsync(orchestrator, "x", id);
        var ended = await EndAsync(id);
        Assert.Equal(OrchestrationStatus.Failed, ended.Status);
        Assert.Equal(typeof(ForeignAwaitException).FullName, ended.Failure!.ErrorType);
    }
}
