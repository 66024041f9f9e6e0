using System.Globalization;
using Rlhf.Orchestrations;

namespace Rlhf.Local.Durable;

/// <summary>The context that an orchestrator sees, while replaying and afterwards alike.</summary>
internal sealed class ReplayContext(
    string instanceId, string execution, ReplayLog log, OrchestratorThread thread, ILoggerFactory loggers) : IOrchestrationContext
{
    private readonly Dictionary<int, Action<HistoryEvent>> open = [];
    private int guids;

    public string InstanceId => instanceId;

    public DateTimeOffset CurrentUtcDateTime { get; set; }

    public bool IsReplaying => log.IsReplaying;

    public EventBox Events { get; } = new();

    /// <summary>Steps of the timers that the orchestrator has given up.</summary>
    public HashSet<int> CancelledTimers { get; } = [];

    /// <summary>JSON.</summary>
    public string? CustomStatus { get; private set; }

    public bool ContinuesAsNew { get; private set; }

    /// <summary>JSON.</summary>
    public string? NextInput { get; private set; }

    /// <summary>Whether the orchestrator waits for anything that this context will bring.</summary>
    public bool IsWaiting => open.Count > 0 || Events.HasWaiters;

    public Guid NewGuid()
    {
        CheckThread();
        return DeterministicGuid.Of(string.Create(CultureInfo.InvariantCulture, $"{instanceId}/{execution}/{guids++}"));
    }

    public ILogger CreateReplaySafeLogger(string category) => new ReplaySafeLogger(loggers.CreateLogger(category), () => IsReplaying);

    public Task<TOutput> CallActivityAsync<TOutput>(string name, object? input, StepOptions? options = null) =>
        CallAsync<TOutput>(options?.Retry, () => StartActivity(name, input));

    public Task<TOutput> CallSubOrchestratorAsync<TOutput>(string name, object? input, StepOptions? options = null) =>
        CallAsync<TOutput>(options?.Retry, () => StartSubOrchestration(name, input, options?.InstanceId));

    public Task<T> WaitForExternalEvent<T>(string name, CancellationToken cancellation = default) =>
        WaitForExternalEvent<T>(name, Timeout.InfiniteTimeSpan, cancellation);

    public async Task<T> WaitForExternalEvent<T>(string name, TimeSpan timeout, CancellationToken cancellation = default)
    {
        CheckThread();
        cancellation.ThrowIfCancellationRequested();
        if (Events.TryRead(name, out var there)) return Payloads.Read<T>(there);
        var waiter = Events.Wait(name);
        var timer = timeout == Timeout.InfiniteTimeSpan ? (int?)null : StartTimer(timeout, _ => TimeOut(name, timeout, waiter));
        using var registration = cancellation.Register(() => Abandon(name, waiter, cancellation));
        try
        {
            return Payloads.Read<T>(await waiter.Task);
        }
        finally
        {
            if (timer is { } step) StopTimer(step);
        }
    }

    public async Task CreateTimer(TimeSpan delay, CancellationToken cancellation = default)
    {
        CheckThread();
        cancellation.ThrowIfCancellationRequested();
        var fired = new TaskCompletionSource();
        var step = StartTimer(delay, _ => fired.SetResult());
        using var registration = cancellation.Register(() =>
        {
            CheckThread();
            StopTimer(step);
            fired.TrySetCanceled(cancellation);
        });
        await fired.Task;
    }

    public void SendEvent(string instanceId, string name, object? payload)
    {
        CheckThread();
        var json = Payloads.Write(payload, $"The event '{name}' to '{instanceId}'");
        var label = $"{name} to {instanceId}";
        log.Take(HistoryKind.EventSent, label, step => new SendMessage(new(HistoryKind.EventSent, step, label), instanceId, name, json));
    }

    public void SetCustomStatus(object? status)
    {
        CheckThread();
        CustomStatus = Payloads.WriteCustomStatus(status, InstanceId);
    }

    public void ContinueAsNew(object? input)
    {
        CheckThread();
        NextInput = Payloads.Write(input, $"The next input of '{InstanceId}'");
        ContinuesAsNew = true;
    }

    /// <summary>Hands what came back to whoever waits for it; for a timer that was given up meanwhile that is nobody.</summary>
    public void Complete(HistoryEvent result)
    {
        var step = result.Step!.Value;
        log.CheckTaken(step);
        if (open.Remove(step, out var resume)) resume(result);
    }

    private Task<TOutput> CallAsync<TOutput>(StepRetryPolicy? retry, Func<Task<string?>> start) => StepRetryPolicy.RunAsync(retry, async () =>
    {
        CheckThread();
        return Payloads.Read<TOutput>(await start());
    }, delay => CreateTimer(delay));

    private Task<string?> StartActivity(string name, object? input)
    {
        var json = Payloads.Write(input, $"The input of {name}");
        var step = log.Take(HistoryKind.ActivityScheduled, name, s => new ScheduleActivity(new(HistoryKind.ActivityScheduled, s, name), name, json));
        return Await(step, name);
    }

    private Task<string?> StartSubOrchestration(string name, object? input, string? childId)
    {
        var json = Payloads.Write(input, $"The input of {name}");
        var step = log.Take(HistoryKind.SubOrchestrationScheduled, name, s => new ScheduleSubOrchestration(
            new(HistoryKind.SubOrchestrationScheduled, s, name), name, childId ?? $"{instanceId}:{execution[..8]}:{s}", json));
        return Await(step, name);
    }

    private Task<string?> Await(int step, string name)
    {
        var done = new TaskCompletionSource<string?>();
        open.Add(step, result =>
        {
            if (result.Kind == HistoryKind.StepFailed) done.SetException(new StepFailedException(name, Payloads.Read<StepFailure>(result.Payload)));
            else done.SetResult(result.Payload);
        });
        return done.Task;
    }

    private int StartTimer(TimeSpan delay, Action<HistoryEvent> onFired)
    {
        var dueAt = CurrentUtcDateTime + (delay > TimeSpan.Zero ? delay : TimeSpan.Zero);
        var step = log.Take(HistoryKind.TimerCreated, "", s => new SetTimer(new(HistoryKind.TimerCreated, s, "", At: dueAt), dueAt));
        open.Add(step, onFired);
        return step;
    }

    private void StopTimer(int step)
    {
        if (open.Remove(step)) CancelledTimers.Add(step);
    }

    private void TimeOut(string name, TimeSpan timeout, TaskCompletionSource<string?> waiter)
    {
        Events.Abandon(name, waiter);
        waiter.TrySetException(new WaitTimedOutException(name, timeout));
    }

    private void Abandon(string name, TaskCompletionSource<string?> waiter, CancellationToken cancellation)
    {
        CheckThread();
        Events.Abandon(name, waiter);
        waiter.TrySetCanceled(cancellation);
    }

    private void CheckThread()
    {
        if (thread.IsInside) return;
        thread.ReportForeign();
        throw new ForeignAwaitException(instanceId);
    }
}
