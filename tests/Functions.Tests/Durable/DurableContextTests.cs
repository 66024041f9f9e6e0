using System.Text.Json;
using Microsoft.DurableTask;
using Rlhf.Functions.Durable;
using Rlhf.Orchestrations;

namespace Rlhf.Functions.Tests.Durable;

/// <summary>The adapter by itself: what only a runtime that the test drives can show. What Durable makes of it is the contract suite's to say (InProcess, and Host/HostOrchestrationTests).</summary>
public sealed class DurableContextTests
{
    private static readonly TimeSpan minute = TimeSpan.FromMinutes(1);

    private readonly FakeRuntime runtime = new();
    private DurableContext? made;

    // Made on the test's own thread, which is the orchestrator's here.
    private DurableContext Context => made ??= new(runtime);

    [Fact]
    public void CurrentUtcDateTime_IsUtc() => Assert.Equal(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero), Context.CurrentUtcDateTime);

    [Fact]
    public async Task CallActivity_FailsByTheRuntimeItself_GivesItsTypeAndMessage()
    {
        runtime.Activity = (_, _) => throw Failed("System.OutOfMemoryException", "no memory");
        var error = await Assert.ThrowsAsync<StepFailedException>(() => Context.CallActivityAsync<string>("Fail", "x"));
        Assert.Equal(("System.OutOfMemoryException", "no memory", true), (error.Failure.ErrorType, error.Failure.Message, error.Failure.IsTransient));
    }

    [Fact]
    public async Task CallSubOrchestrator_Terminated_FailsWithoutDetails()
    {
        runtime.Activity = (_, _) => throw new TaskFailedException("Child", 1, (TaskFailureDetails)null!);
        var error = await Assert.ThrowsAsync<StepFailedException>(() => Context.CallSubOrchestratorAsync<string>("Child", "x"));
        Assert.Contains("Child", error.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CallActivity_WithRetries_WaitsDurablyBetweenThem()
    {
        var calls = 0;
        runtime.Activity = (_, _) => ++calls < 3 ? throw Failed("T", FailureText.Write(new("T", "not yet"))) : calls;
        var running = Context.CallActivityAsync<int>("Flaky", "x", new(new StepRetryPolicy(5, minute, Backoff: 2)));
        runtime.Timers[0].Timer.SetResult();
        runtime.Timers[1].Timer.SetResult();
        Assert.Equal(3, await running);
        Assert.Equal([minute, 2 * minute], runtime.Timers.Select(t => t.FireAt - runtime.CurrentUtcDateTime));
    }

    [Fact]
    public async Task WaitForExternalEvent_InTime_CancelsItsTimer()
    {
        var wait = Context.WaitForExternalEvent<string>("Go", minute);
        Assert.True(Context.IsWaiting);
        runtime.Raise("go", Json("hello"));
        Assert.Equal("hello", await wait);
        Assert.True(runtime.Timers.Single().Timer.Task.IsCanceled);
        Assert.False(Context.IsWaiting);
    }

    [Fact]
    public async Task WaitForExternalEvent_EventIsThere_NeedsNoTimer()
    {
        runtime.Raise("Go", Json("hello"));
        Assert.Equal("hello", await Context.WaitForExternalEvent<string>("Go", minute));
        Assert.Empty(runtime.Timers);
    }

    /// <summary>Durable would give the event to the waiter that has given up, and nobody would ever see it.</summary>
    [Fact]
    public async Task WaitForExternalEvent_EventAfterATimeOut_IsNotLost()
    {
        var first = Context.WaitForExternalEvent<string>("Go", minute);
        runtime.Timers[0].Timer.SetResult();
        await Assert.ThrowsAsync<WaitTimedOutException>(() => first);
        // Nobody waits just now: the orchestrator is in an activity.
        runtime.Raise("Go", Json("1"));
        runtime.Raise("Go", Json("2"));
        Assert.Equal("1", await Context.WaitForExternalEvent<string>("Go", minute));
        Assert.Equal("2", await Context.WaitForExternalEvent<string>("Go", minute));
        Assert.Equal(0, runtime.Lost);
    }

    [Fact]
    public async Task ContinueAsNew_UnreadEvents_GoOnInOrder()
    {
        var timedOut = Context.WaitForExternalEvent<string>("Go", minute);
        runtime.Timers[0].Timer.SetResult();
        await Assert.ThrowsAsync<WaitTimedOutException>(() => timedOut);
        foreach (var item in new[] { "1", "2", "3" }) runtime.Raise("Go", Json(item));
        _ = Context.WaitForExternalEvent<string>("Other");
        Context.ContinueAsNew("next");
        runtime.Raise("Other", Json("late"));
        Assert.Equal("next", runtime.NextInput);
        Assert.Equal(["1", "2", "3", "late"], runtime.Sent.Select(s => ((JsonElement)s.Payload!).GetString()));
        Assert.All(runtime.Sent, s => Assert.Equal(runtime.InstanceId, s.InstanceId));
    }

    [Fact]
    public async Task EveryCall_FromAnotherThread_IsATypedError()
    {
        Assert.False(Context.IsWaiting);
        await RunElsewhereAsync(() => Assert.Throws<ForeignAwaitException>(() => Context.NewGuid()));
        await RunElsewhereAsync(() => Assert.Throws<ForeignAwaitException>(() => Context.SetCustomStatus("x")));
        await RunElsewhereAsync(() => Assert.Throws<ForeignAwaitException>(() => Context.SendEvent("other", "Go", "x")));
        await RunElsewhereAsync(() => Assert.IsType<ForeignAwaitException>(Context.CallActivityAsync<string>("Echo", "x").Exception!.InnerException));
        await RunElsewhereAsync(() => Assert.IsType<ForeignAwaitException>(Context.CreateTimer(minute).Exception!.InnerException));
        await RunElsewhereAsync(() => Assert.IsType<ForeignAwaitException>(Context.WaitForExternalEvent<string>("Go").Exception!.InnerException));
    }

    private static async Task RunElsewhereAsync(Action test)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                test();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        thread.Start();
        await done.Task;
        thread.Join();
    }

    private static JsonElement? Json(string text) => JsonSerializer.SerializeToElement(text);

    private static TaskFailedException Failed(string type, string message) => new("Fail", 1, new TaskFailureDetails(type, message, "at Somewhere", null, null));
}
