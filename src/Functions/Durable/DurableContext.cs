using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Rlhf.Json;
using Rlhf.Orchestrations;

namespace Rlhf.Functions.Durable;

/// <summary>Core's orchestration context over Durable's. What is awaited here is Durable's own, without ConfigureAwait, so every continuation comes back to the orchestrator's thread.</summary>
internal sealed class DurableContext(TaskOrchestrationContext context) : IOrchestrationContext
{
    // An orchestrator's code, replay included, runs on the one thread that its function was called on.
    private readonly int thread = Environment.CurrentManagedThreadId;
    private readonly EventBox events = new(context);
    private int open;

    public string InstanceId => context.InstanceId;

    public DateTimeOffset CurrentUtcDateTime => new(DateTime.SpecifyKind(context.CurrentUtcDateTime, DateTimeKind.Utc));

    public bool IsReplaying => context.IsReplaying;

    /// <summary>Whether the orchestrator waits for anything that Durable will bring.</summary>
    public bool IsWaiting => open > 0;

    public Guid NewGuid()
    {
        CheckThread();
        return context.NewGuid();
    }

    public ILogger CreateReplaySafeLogger(string category) => context.CreateReplaySafeLogger(category);

    public Task<TOutput> CallActivityAsync<TOutput>(string name, object? input, StepOptions? options = null) =>
        CallAsync(name, input, options, () => context.CallActivityAsync<TOutput>(name, input));

    public Task<TOutput> CallSubOrchestratorAsync<TOutput>(string name, object? input, StepOptions? options = null) =>
        CallAsync(name, input, options, () => context.CallSubOrchestratorAsync<TOutput>(name, input, new SubOrchestrationOptions(retry: null, instanceId: options?.InstanceId)));

    public Task<T> WaitForExternalEvent<T>(string name, CancellationToken cancellation = default) =>
        WaitForExternalEvent<T>(name, Timeout.InfiniteTimeSpan, cancellation);

    public async Task<T> WaitForExternalEvent<T>(string name, TimeSpan timeout, CancellationToken cancellation = default)
    {
        CheckThread();
        cancellation.ThrowIfCancellationRequested();
        var waiter = events.Wait(name);
        using var registration = cancellation.Register(() => Abandon(name, waiter, cancellation));
        if (!waiter.Task.IsCompleted && timeout != Timeout.InfiniteTimeSpan) await RaceAsync(name, waiter, timeout);
        return Read<T>(await OpenAsync(waiter.Task));
    }

    public async Task CreateTimer(TimeSpan delay, CancellationToken cancellation = default)
    {
        CheckThread();
        cancellation.ThrowIfCancellationRequested();
        await OpenAsync(StartTimer(delay, cancellation));
    }

    public void SendEvent(string instanceId, string name, object? payload)
    {
        CheckThread();
        Payloads.Write(payload, $"The event '{name}' to '{instanceId}'");
        context.SendEvent(instanceId, name, payload!);
    }

    public void SetCustomStatus(object? status)
    {
        CheckThread();
        Payloads.WriteCustomStatus(status, InstanceId);
        context.SetCustomStatus(status);
    }

    public void ContinueAsNew(object? input)
    {
        CheckThread();
        Payloads.Write(input, $"The next input of '{InstanceId}'");
        // First what was read from Durable here, then, by Durable itself, what it still has: in the order they came.
        events.HandOver();
        context.ContinueAsNew(input, preserveUnprocessedEvents: true);
    }

    private Task<TOutput> CallAsync<TOutput>(string name, object? input, StepOptions? options, Func<Task<TOutput>> start) =>
        StepRetryPolicy.RunAsync(options?.Retry, async () =>
        {
            CheckThread();
            Payloads.Write(input, $"The input of {name}");
            try
            {
                return await OpenAsync(start());
            }
            catch (TaskFailedException e)
            {
                throw new StepFailedException(name, Failures.Of(e.FailureDetails, e.Message));
            }
        }, delay => CreateTimer(delay));

    /// <summary>Until the event is there or the time is over. The timer is Durable's and is cancelled: an abandoned one would hold the instance until it is due.</summary>
    private async Task RaceAsync(string name, TaskCompletionSource<JsonElement?> waiter, TimeSpan timeout)
    {
        using var stop = new CancellationTokenSource();
        await OpenAsync(Task.WhenAny(waiter.Task, StartTimer(timeout, stop.Token)));
        if (waiter.Task.IsCompleted)
        {
            stop.Cancel();
            return;
        }

        events.Abandon(name, waiter);
        throw new WaitTimedOutException(name, timeout);
    }

    private void Abandon(string name, TaskCompletionSource<JsonElement?> waiter, CancellationToken cancellation)
    {
        CheckThread();
        events.Abandon(name, waiter);
        waiter.TrySetCanceled(cancellation);
    }

    private Task StartTimer(TimeSpan delay, CancellationToken cancellation) =>
        context.CreateTimer(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, cancellation);

    private async Task<T> OpenAsync<T>(Task<T> task)
    {
        await OpenAsync((Task)task);
        return await task;
    }

    private async Task OpenAsync(Task task)
    {
        open++;
        try
        {
            await task;
        }
        finally
        {
            open--;
        }
    }

    private static T Read<T>(JsonElement? payload) => payload is { } json ? json.Deserialize<T>(RlhfJson.Options)! : default!;

    private void CheckThread()
    {
        if (Environment.CurrentManagedThreadId != thread) throw new ForeignAwaitException(InstanceId);
    }
}
