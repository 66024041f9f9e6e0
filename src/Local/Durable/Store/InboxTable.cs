using Rlhf.Local.Storage;

namespace Rlhf.Local.Durable;

/// <summary>A message to an instance, not yet in its history.</summary>
/// <param name="Execution">The execution it is for; null for whichever there is.</param>
/// <param name="Kind">The event it becomes; null only wakes the instance.</param>
/// <param name="Trace">Of an event: who raised it, as a traceparent.</param>
internal sealed record InboxMessage(long Id, string? Execution, HistoryKind? Kind, int? Step, string? Name, string? Payload, string? Trace)
{
    public HistoryEvent ToEvent() => new(Kind!.Value, Step, Name, Payload, Message: Id);
}

internal static class InboxTable
{
    public static List<InboxMessage> Read(SqliteSession session, string instance, int take) => session.Query(
        "SELECT id, execution, kind, step, name, payload, trace FROM inbox WHERE instance = ?1 ORDER BY id LIMIT ?2",
        r => new InboxMessage(r.GetInt64(0), r.Text(1), r.Text(2) is { } kind ? Enum.Parse<HistoryKind>(kind) : null, r.Number(3), r.Text(4), r.Text(5), r.Text(6)),
        instance, take);

    public static List<string> Instances(SqliteSession session) => session.Query("SELECT DISTINCT instance FROM inbox", r => r.GetString(0));

    public static void Wake(SqliteSession session, string instance) => session.Execute("INSERT INTO inbox (instance) VALUES (?1)", instance);

    public static void AddEvent(SqliteSession session, string instance, string name, string? payload, string? trace) => session.Execute(
        "INSERT INTO inbox (instance, kind, name, payload, trace) VALUES (?1, ?2, ?3, ?4, ?5)", instance, nameof(HistoryKind.EventRaised), name, payload, trace);

    public static void AddResult(SqliteSession session, StepAddress step, HistoryKind kind, string? payload) => session.Execute(
        "INSERT INTO inbox (instance, execution, kind, step, payload) VALUES (?1, ?2, ?3, ?4, ?5)", step.Instance, step.Execution, kind.ToString(), step.Step, payload);

    /// <summary>Puts an event that nobody has read back to where it was, before all that came later.</summary>
    public static void PutBack(SqliteSession session, string instance, HistoryEvent unread) => session.Execute(
        "INSERT INTO inbox (id, instance, kind, name, payload) VALUES (?1, ?2, ?3, ?4, ?5)",
        unread.Message, instance, unread.Kind.ToString(), unread.Name, unread.Payload);

    public static void Delete(SqliteSession session, IEnumerable<InboxMessage> messages)
    {
        foreach (var message in messages) session.Execute("DELETE FROM inbox WHERE id = ?1", message.Id);
    }

    public static void Clear(SqliteSession session, string instance) => session.Execute("DELETE FROM inbox WHERE instance = ?1", instance);
}
