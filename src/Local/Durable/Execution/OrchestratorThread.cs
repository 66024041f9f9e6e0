namespace Rlhf.Local.Durable;

/// <summary>Runs an orchestrator's code on the thread that calls <see cref="Run"/> and nowhere else. A continuation that arrives from elsewhere is somebody awaiting a task that is not
/// the context's: it is reported and not run.</summary>
internal sealed class OrchestratorThread(Action onForeign) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> queue = new();
    private int thread;

    /// <summary>Whether the caller is the orchestrator's own code.</summary>
    public bool IsInside => thread == Environment.CurrentManagedThreadId;

    /// <summary>Runs <paramref name="action"/> and all that follows from it, until the orchestrator waits for something.</summary>
    public void Run(Action action)
    {
        var outer = Current;
        SetSynchronizationContext(this);
        thread = Environment.CurrentManagedThreadId;
        try
        {
            action();
            while (queue.TryDequeue(out var next)) next.Callback(next.State);
        }
        finally
        {
            thread = 0;
            SetSynchronizationContext(outer);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsInside) queue.Enqueue((d, state));
        else ReportForeign();
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (IsInside) d(state);
        else ReportForeign();
    }

    /// <summary>Says that the orchestrator's code turned up on another thread.</summary>
    public void ReportForeign() => onForeign();

    public override SynchronizationContext CreateCopy() => this;
}
