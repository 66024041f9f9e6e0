namespace Rlhf.Local.Durable;

public enum HistoryKind
{
    /// <summary>An episode began; <see cref="HistoryEvent.At"/> is its time.</summary>
    EpisodeStarted,

    /// <summary>The first event of an execution; carries the input.</summary>
    ExecutionStarted,

    // What the orchestrator did, numbered by step. Replaying code must do the same again.
    ActivityScheduled,
    SubOrchestrationScheduled,
    TimerCreated,
    EventSent,

    // What came back.
    StepCompleted,
    StepFailed,
    TimerFired,
    EventRaised,
}

/// <summary>One row of an execution's history: appended, never rewritten.</summary>
/// <param name="Step">Number of the orchestrator's action in this execution, from 0; also on what came back for it.</param>
/// <param name="Name">Of the activity, orchestrator or event; for a sent event <c>name to instance</c>.</param>
/// <param name="Payload">JSON: input, output, event, or StepFailure.</param>
/// <param name="At">An episode's time; when a timer is due.</param>
/// <param name="Message">Number of the message it came in, so that an unread event can go back to its place.</param>
public sealed record HistoryEvent(
    HistoryKind Kind, int? Step = null, string? Name = null, string? Payload = null, DateTimeOffset? At = null, long? Message = null)
{
    public bool IsAction => Kind is HistoryKind.ActivityScheduled or HistoryKind.SubOrchestrationScheduled or HistoryKind.TimerCreated or HistoryKind.EventSent;
}
