using System.Text.Json;
using Rlhf.Json;
using Rlhf.Local.Storage;
using Rlhf.Orchestrations;

namespace Rlhf.Local.Durable;

/// <summary>What one episode started from.</summary>
/// <param name="Known">Events in history before it.</param>
/// <param name="Messages">Those it read, stale ones included.</param>
/// <param name="News">The events it added.</param>
internal sealed record Episode(InstanceRow Row, int Known, IReadOnlyList<InboxMessage> Messages, IReadOnlyList<HistoryEvent> News)
{
    /// <summary>For the work that follows from it.</summary>
    public StepTrace Trace => new(Row.Trace, Messages.LastOrDefault(m => m.Trace is not null)?.Trace);
}

/// <summary>What the engine has to act on once the episode is on disk.</summary>
/// <param name="Ended">The instance, where the episode was its last.</param>
internal sealed record EpisodeEffects(IReadOnlyList<WorkItem> Work, IReadOnlyList<TimerRow> Timers, IReadOnlyCollection<string> ToWake, InstanceRow? Ended = null);

/// <summary>Writes an episode: its history, what the orchestrator asked for, and the messages it used up. All within one transaction.</summary>
internal static class EpisodeCommit
{
    public static EpisodeEffects? Write(SqliteSession session, Episode episode, EpisodeOutcome outcome, DateTimeOffset now)
    {
        var id = episode.Row.Instance.InstanceId;
        if (InstanceTable.Find(session, id) is not { Instance.HasEnded: false } current || current.Execution != episode.Row.Execution) return null;
        InboxTable.Delete(session, episode.Messages);
        var (work, timers, wake) = (new List<WorkItem>(), new List<TimerRow>(), new HashSet<string>());
        current = current with { Trace = episode.Row.Trace };
        foreach (var action in outcome.Actions) Carry(session, current, action, episode.Trace, work, wake, now);
        var next = Next(current, outcome, now);
        if (outcome.Result == EpisodeResult.Waiting) GoOn(session, episode, outcome, next, timers);
        else if (outcome.Result == EpisodeResult.ContinuedAsNew) BeginAnew(session, next, outcome, wake);
        else if (End(session, next) is { } parent) wake.Add(parent);
        return new(work, timers, wake, next.Instance.HasEnded ? next : null);
    }

    /// <summary>Ends an instance: nothing of it goes on but fire-and-forget activities, and who waits for it is told.</summary>
    /// <returns>The parent, where there is one.</returns>
    public static string? End(SqliteSession session, InstanceRow ended)
    {
        var id = ended.Instance.InstanceId;
        InstanceTable.Update(session, ended);
        HistoryTable.Clear(session, id);
        InboxTable.Clear(session, id);
        TimerTable.Clear(session, id);
        if (ended.Parent is not { } parent) return null;
        if (InstanceTable.Find(session, parent.Instance) is not { Instance.HasEnded: false } waiting || waiting.Execution != parent.Execution) return null;
        if (ended.Instance.Failure is { } failure) InboxTable.AddResult(session, parent, HistoryKind.StepFailed, JsonSerializer.Serialize(failure, RlhfJson.Options));
        else InboxTable.AddResult(session, parent, HistoryKind.StepCompleted, ended.Instance.Output);
        return parent.Instance;
    }

    private static InstanceRow Next(InstanceRow current, EpisodeOutcome outcome, DateTimeOffset now)
    {
        var next = current with { Instance = current.Instance with { CustomStatus = outcome.CustomStatus ?? current.Instance.CustomStatus, LastUpdatedAt = now } };
        return outcome.Result switch
        {
            EpisodeResult.Waiting => next with { Instance = next.Instance with { Status = OrchestrationStatus.Running } },
            EpisodeResult.Completed => next with { Instance = next.Instance with { Status = OrchestrationStatus.Completed, Output = outcome.Output } },
            EpisodeResult.Failed => next with { Instance = next.Instance with { Status = OrchestrationStatus.Failed, Failure = outcome.Failure } },
            _ => next with { Execution = NewExecution(), Instance = next.Instance with { Status = OrchestrationStatus.Running, Input = outcome.NextInput } },
        };
    }

    public static string NewExecution() => Guid.NewGuid().ToString("n");

    private static void GoOn(SqliteSession session, Episode episode, EpisodeOutcome outcome, InstanceRow next, List<TimerRow> timers)
    {
        InstanceTable.Update(session, next);
        HistoryTable.Append(session, next.Instance.InstanceId, episode.Known, episode.News.Concat(outcome.Actions.Select(a => a.Recorded)));
        foreach (var timer in outcome.Actions.OfType<SetTimer>().Where(t => !outcome.CancelledTimers.Contains(t.Step)))
        {
            var row = new TimerRow(new(next.Instance.InstanceId, next.Execution, timer.Step), timer.DueAt);
            TimerTable.Insert(session, row);
            timers.Add(row);
        }

        foreach (var step in outcome.CancelledTimers) TimerTable.Delete(session, new(next.Instance.InstanceId, next.Execution, step));
    }

    private static void BeginAnew(SqliteSession session, InstanceRow next, EpisodeOutcome outcome, HashSet<string> wake)
    {
        var id = next.Instance.InstanceId;
        InstanceTable.Update(session, next);
        HistoryTable.Clear(session, id);
        TimerTable.Clear(session, id);
        foreach (var unread in outcome.Unread) InboxTable.PutBack(session, id, unread);
        InboxTable.Wake(session, id);
        wake.Add(id);
    }

    private static void Carry(
        SqliteSession session, InstanceRow row, OrchestratorAction action, StepTrace trace, List<WorkItem> work, HashSet<string> wake, DateTimeOffset now)
    {
        var step = new StepAddress(row.Instance.InstanceId, row.Execution, action.Step);
        switch (action)
        {
            case ScheduleActivity call:
                work.Add(WorkTable.Insert(session, step, call.Name, call.Input, trace));
                break;
            case ScheduleSubOrchestration child:
                wake.Add(Start(session, step, child, trace.Parent, now) ? child.InstanceId : step.Instance);
                break;
            case SendMessage message when InstanceTable.Find(session, message.InstanceId) is { Instance.HasEnded: false }:
                InboxTable.AddEvent(session, message.InstanceId, message.Name, message.Payload, trace.Parent);
                wake.Add(message.InstanceId);
                break;
        }
    }

    private static bool Start(SqliteSession session, StepAddress parent, ScheduleSubOrchestration child, string? trace, DateTimeOffset now)
    {
        var instance = new OrchestrationInstance(child.InstanceId, child.Name, OrchestrationStatus.Pending, now, now, child.Input);
        if (DurableStore.TryCreate(session, new(instance, NewExecution(), parent, trace))) return true;
        var failure = StepFailure.Of(new DuplicateInstanceException(child.InstanceId));
        InboxTable.AddResult(session, parent, HistoryKind.StepFailed, JsonSerializer.Serialize(failure, RlhfJson.Options));
        return false;
    }
}
