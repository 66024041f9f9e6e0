using Rlhf.Orchestrations;

namespace Rlhf.Local.Durable;

/// <summary>One execution of an orchestrator, brought to where history left it and then carried on with what is new.</summary>
internal sealed class OrchestrationExecution
{
    private readonly string instanceId;
    private readonly IOrchestrator orchestrator;
    private readonly OrchestratorThread thread;
    private readonly ReplayLog log;
    private readonly ReplayContext context;
    private Task<object?>? running;
    private volatile bool isForeign;

    /// <param name="onForeign">Called, on any thread and at any time, when the orchestrator's code turns up where it should not.</param>
    public OrchestrationExecution(string instanceId, string execution, IOrchestrator orchestrator, ILoggerFactory loggers, Action onForeign)
    {
        this.instanceId = instanceId;
        this.orchestrator = orchestrator;
        thread = new(() =>
        {
            isForeign = true;
            onForeign();
        });
        log = new(instanceId);
        context = new(instanceId, execution, log, thread, loggers);
    }

    /// <exception cref="NonDeterministicException">The code no longer does what history says.</exception>
    public void Replay(IReadOnlyList<HistoryEvent> history)
    {
        log.BeginReplay(history);
        foreach (var happened in history)
        {
            Apply(happened);
            // An execution that has ended has no history, so replaying code can't be at its end.
            if (log.Difference is null && running?.IsCompleted == true) log.EndedEarly();
            if (log.Difference is { } difference) throw difference;
        }

        log.EndReplay();
    }

    /// <summary>Goes on with new events until the orchestrator waits again or ends.</summary>
    public EpisodeOutcome Continue(IReadOnlyList<HistoryEvent> news)
    {
        foreach (var happened in news) Apply(happened);
        var actions = log.TakeFresh();
        if (log.Difference is { } difference) return Failed(difference, []);
        if (!running!.IsCompleted) return isForeign || !context.IsWaiting ? Failed(new ForeignAwaitException(instanceId), []) : Outcome(EpisodeResult.Waiting, actions);
        if (running.Exception is { } error) return Failed(error.InnerException!, actions);
        if (running.IsCanceled) return Failed(new TaskCanceledException(), actions);
        return context.ContinuesAsNew ? Outcome(EpisodeResult.ContinuedAsNew, actions) with { NextInput = context.NextInput } : Ended(running.Result, actions);
    }

    private void Apply(HistoryEvent happened) => thread.Run(() =>
    {
        switch (happened.Kind)
        {
            case HistoryKind.EpisodeStarted:
                context.CurrentUtcDateTime = happened.At!.Value;
                break;
            case HistoryKind.ExecutionStarted:
                running = StartAsync(happened.Payload);
                break;
            case HistoryKind.EventRaised:
                context.Events.Deliver(happened);
                break;
            case HistoryKind.StepCompleted or HistoryKind.StepFailed or HistoryKind.TimerFired:
                context.Complete(happened);
                break;
        }
    });

    // Async, so that what is thrown before the first await fails the instance too, and that an end elsewhere comes back through the thread.
    private async Task<object?> StartAsync(string? input) => await orchestrator.RunAsync(context, Payloads.Read(input, orchestrator.InputType));

    private EpisodeOutcome Ended(object? output, IReadOnlyList<OrchestratorAction> actions)
    {
        try
        {
            return Outcome(EpisodeResult.Completed, actions) with { Output = Payloads.Write(output, $"The output of '{instanceId}'") };
        }
        catch (RlhfException e)
        {
            return Failed(e, actions);
        }
    }

    private EpisodeOutcome Failed(Exception e, IReadOnlyList<OrchestratorAction> actions) =>
        Outcome(EpisodeResult.Failed, actions) with { Failure = StepFailure.Of(e) };

    private EpisodeOutcome Outcome(EpisodeResult result, IReadOnlyList<OrchestratorAction> actions) =>
        new(result, actions, context.CancelledTimers, context.Events.Unread, context.CustomStatus);
}

internal enum EpisodeResult { Waiting, Completed, Failed, ContinuedAsNew }

/// <summary>How an episode ended.</summary>
/// <param name="Unread">Events that nobody has read, in order.</param>
internal sealed record EpisodeOutcome(
    EpisodeResult Result, IReadOnlyList<OrchestratorAction> Actions, IReadOnlyCollection<int> CancelledTimers, IReadOnlyList<HistoryEvent> Unread,
    string? CustomStatus, string? Output = null, StepFailure? Failure = null, string? NextInput = null);
