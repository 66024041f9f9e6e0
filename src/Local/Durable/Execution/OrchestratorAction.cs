namespace Rlhf.Local.Durable;

/// <summary>What an orchestrator asked for in this episode: a row of history, and what the store has to do about it.</summary>
internal abstract record OrchestratorAction(HistoryEvent Recorded)
{
    public int Step => Recorded.Step!.Value;
}

internal sealed record ScheduleActivity(HistoryEvent Recorded, string Name, string? Input) : OrchestratorAction(Recorded);

internal sealed record ScheduleSubOrchestration(HistoryEvent Recorded, string Name, string InstanceId, string? Input) : OrchestratorAction(Recorded);

internal sealed record SetTimer(HistoryEvent Recorded, DateTimeOffset DueAt) : OrchestratorAction(Recorded);

internal sealed record SendMessage(HistoryEvent Recorded, string InstanceId, string Name, string? Payload) : OrchestratorAction(Recorded);
