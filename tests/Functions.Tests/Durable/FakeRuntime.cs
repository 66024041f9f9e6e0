using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Rlhf.Functions.Tests.Durable;

/// <summary>Stands in for Durable's runtime, not for its rules: activities and timers that the test completes, and events handed out as Durable hands them out, the newest waiter first, cancelled or not.</summary>
internal sealed class FakeRuntime : TaskOrchestrationContext
{
    private readonly Dictionary<string, Stack<Action<object?>>> waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Queue<object?>> buffered = new(StringComparer.OrdinalIgnoreCase);

    public List<(DateTime FireAt, TaskCompletionSource Timer)> Timers { get; } = [];

    public Func<string, object?, object?> Activity { get; set; } = (_, input) => input;

    public List<(string InstanceId, string Name, object? Payload)> Sent { get; } = [];

    public object? NextInput { get; private set; }

    public int Lost { get; private set; }

    public override TaskName Name => new("Fake");

    public override string InstanceId => "fake-1";

    public override ParentOrchestrationInstance? Parent => null;

    public override DateTime CurrentUtcDateTime => new(2026, 3, 2, 9, 0, 0, DateTimeKind.Unspecified);

    public override bool IsReplaying => false;

    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    public override T? GetInput<T>() where T : default => default;

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        try
        {
            return Task.FromResult((TResult)Activity(name.Name, input)!);
        }
        catch (TaskFailedException e)
        {
            return Task.FromException<TResult>(e);
        }
    }

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        CallActivityAsync<TResult>(orchestratorName, input, options);

    public override Task CreateTimer(TimeSpan delay, CancellationToken cancellationToken) => CreateTimer(CurrentUtcDateTime + delay, cancellationToken);

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        var timer = new TaskCompletionSource();
        cancellationToken.Register(() => timer.TrySetCanceled(cancellationToken));
        Timers.Add((fireAt, timer));
        return timer.Task;
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        var waiter = new TaskCompletionSource<T>();
        if (buffered.TryGetValue(eventName, out var queue) && queue.TryDequeue(out var there))
        {
            waiter.SetResult((T)there!);
            return waiter.Task;
        }
        if (!waiters.TryGetValue(eventName, out var stack)) waiters.Add(eventName, stack = new());
        stack.Push(payload => Lost += waiter.TrySetResult((T)payload!) ? 0 : 1);
        cancellationToken.Register(() => waiter.TrySetCanceled(cancellationToken));
        return waiter.Task;
    }

    /// <summary>An event comes.</summary>
    public void Raise(string name, object? payload)
    {
        if (waiters.TryGetValue(name, out var stack) && stack.TryPop(out var newest))
        {
            newest(payload);
            return;
        }
        if (!buffered.TryGetValue(name, out var queue)) buffered.Add(name, queue = new());
        queue.Enqueue(payload);
    }

    public override void SendEvent(string instanceId, string eventName, object payload) => Sent.Add((instanceId, eventName, payload));

    public override void SetCustomStatus(object? customStatus)
    {
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true)
    {
        NextInput = newInput;
        // As Durable does with what it has itself.
        if (preserveUnprocessedEvents)
            foreach (var (name, queue) in buffered)
                while (queue.TryDequeue(out var payload)) SendEvent(InstanceId, name, payload!);
    }

    public override Guid NewGuid() => Guid.Empty;

    public override ILogger CreateReplaySafeLogger(string categoryName) => NullLogger.Instance;
}
