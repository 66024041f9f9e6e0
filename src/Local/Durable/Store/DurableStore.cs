using Rlhf.Local.Storage;
using Rlhf.Orchestrations;

namespace Rlhf.Local.Durable;

/// <summary>The engine's state in one SQLite file. Each method that writes is one transaction: it happened whole, on disk, or not at all.</summary>
internal sealed class DurableStore(string file) : IDisposable
{
    private readonly SqliteDatabase database = new(file, DurableSchema.Prepare);

    public string File => database.File;

    public InstanceRow? Find(string id) => database.Read(s => InstanceTable.Find(s, id));

    public List<InstanceRow> List(string prefix, string after, int take) => database.Read(s => InstanceTable.List(s, prefix, after, take));

    public List<string> InstancesWithMessages() => database.Read(InboxTable.Instances);

    public List<WorkItem> ReadWork() => database.Read(WorkTable.Read);

    public List<TimerRow> ReadTimers() => database.Read(TimerTable.Read);

    public bool HasWork(long id) => database.Read(s => WorkTable.Exists(s, id));

    public List<HistoryEvent> ReadHistory(string instance) => database.Read(s => HistoryTable.Read(s, instance));

    /// <summary>The instance with its next messages, at one point in time.</summary>
    public (InstanceRow? Row, List<InboxMessage> Messages) ReadInbox(string instance, int take) => database.Read(s =>
    {
        s.Execute("BEGIN");
        try
        {
            return (InstanceTable.Find(s, instance), InboxTable.Read(s, instance, take));
        }
        finally
        {
            s.Execute("COMMIT");
        }
    });

    /// <exception cref="DuplicateInstanceException">An instance with this id has not ended.</exception>
    public Task CreateAsync(InstanceRow row, CancellationToken cancellation) => database.WriteAsync(session =>
    {
        if (!TryCreate(session, row)) throw new DuplicateInstanceException(row.Instance.InstanceId);
        return true;
    }, cancellation);

    /// <summary>Whether the instance is there and goes on; an event to one that ended is dropped.</summary>
    /// <exception cref="InstanceNotFoundException">There is none.</exception>
    public Task<bool> RaiseAsync(string instance, string name, string? payload, string? trace, CancellationToken cancellation) => database.WriteAsync(session =>
    {
        var row = InstanceTable.Find(session, instance) ?? throw new InstanceNotFoundException(instance);
        if (row.Instance.HasEnded) return false;
        InboxTable.AddEvent(session, instance, name, payload, trace);
        return true;
    }, cancellation);

    /// <summary>Stores an activity's result and forgets the work.</summary>
    /// <returns>Whether anybody still wanted it.</returns>
    public Task<bool> CompleteWorkAsync(WorkItem work, HistoryKind kind, string? payload) => database.WriteAsync(session =>
    {
        if (!WorkTable.Delete(session, work.Id)) return false;
        if (InstanceTable.Find(session, work.Step.Instance) is not { Instance.HasEnded: false } row || row.Execution != work.Step.Execution) return false;
        InboxTable.AddResult(session, work.Step, kind, payload);
        return true;
    });

    public Task<bool> FireTimerAsync(StepAddress timer) => database.WriteAsync(session =>
    {
        if (!TimerTable.Delete(session, timer)) return false;
        InboxTable.AddResult(session, timer, HistoryKind.TimerFired, null);
        return true;
    });

    /// <returns>The instance as it ended, or null where there was nothing to end.</returns>
    public Task<InstanceRow?> TerminateAsync(string instance, StepFailure reason, DateTimeOffset now, CancellationToken cancellation) =>
        database.WriteAsync(session =>
        {
            if (InstanceTable.Find(session, instance) is not { Instance.HasEnded: false } row) return null;
            WorkTable.Clear(session, instance);
            var ended = row with { Instance = row.Instance with { Status = OrchestrationStatus.Terminated, Failure = reason, LastUpdatedAt = now } };
            EpisodeCommit.End(session, ended);
            return ended;
        }, cancellation);

    /// <summary>Ends an instance that its own code can't go on with, e.g. since the code is gone.</summary>
    /// <returns>The instance as it ended, or null where there was nothing to end.</returns>
    public Task<InstanceRow?> FailAsync(InstanceRow row, StepFailure failure, DateTimeOffset now) => database.WriteAsync(session =>
    {
        if (InstanceTable.Find(session, row.Instance.InstanceId) is not { Instance.HasEnded: false } current || current.Execution != row.Execution) return null;
        var ended = current with { Instance = current.Instance with { Status = OrchestrationStatus.Failed, Failure = failure, LastUpdatedAt = now } };
        EpisodeCommit.End(session, ended);
        return ended;
    });

    /// <exception cref="InvalidOperationException">The instance has not ended.</exception>
    public Task<bool> PurgeAsync(string instance, CancellationToken cancellation) => database.WriteAsync(session =>
    {
        if (InstanceTable.Find(session, instance) is not { } row) return false;
        if (!row.Instance.HasEnded)
            throw new RlhfException("instance-running", $"The orchestration '{instance}' has not ended.", "Terminate it first, or wait for its end.", 409);
        InstanceTable.Delete(session, instance);
        return true;
    }, cancellation);

    /// <returns>What follows from the episode, or null where the instance was ended or replaced meanwhile; then nothing was changed.</returns>
    public Task<EpisodeEffects?> CommitAsync(Episode episode, EpisodeOutcome outcome, DateTimeOffset now) =>
        database.WriteAsync(session => EpisodeCommit.Write(session, episode, outcome, now));

    /// <summary>Takes messages out that are for an instance that has ended or an execution that is over.</summary>
    public Task<bool> DropAsync(IReadOnlyList<InboxMessage> messages) => database.WriteAsync(session =>
    {
        InboxTable.Delete(session, messages);
        return true;
    });

    public void Dispose() => database.Dispose();

    /// <summary>Makes the instance in place of one that has ended.</summary>
    internal static bool TryCreate(SqliteSession session, InstanceRow row)
    {
        var id = row.Instance.InstanceId;
        if (InstanceTable.Find(session, id) is { Instance.HasEnded: false }) return false;
        InstanceTable.Delete(session, id);
        InstanceTable.Insert(session, row);
        InboxTable.Wake(session, id);
        return true;
    }
}
