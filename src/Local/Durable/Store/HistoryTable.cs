using Rlhf.Local.Storage;

namespace Rlhf.Local.Durable;

internal static class HistoryTable
{
    public static List<HistoryEvent> Read(SqliteSession session, string instance) => session.Query(
        "SELECT kind, step, name, payload, at, message FROM history WHERE instance = ?1 ORDER BY position",
        r => new HistoryEvent(Enum.Parse<HistoryKind>(r.GetString(0)), r.Number(1), r.Text(2), r.Text(3), r.Instant(4), r.LongNumber(5)), instance);

    /// <param name="position">Number of events that are there already.</param>
    public static void Append(SqliteSession session, string instance, int position, IEnumerable<HistoryEvent> events)
    {
        foreach (var e in events)
            session.Execute("INSERT INTO history VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                instance, position++, e.Kind.ToString(), e.Step, e.Name, e.Payload, e.At?.UtcTicks, e.Message);
    }

    public static void Clear(SqliteSession session, string instance) => session.Execute("DELETE FROM history WHERE instance = ?1", instance);
}
