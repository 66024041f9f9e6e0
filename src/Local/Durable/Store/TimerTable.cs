using Rlhf.Local.Storage;

namespace Rlhf.Local.Durable;

internal sealed record TimerRow(StepAddress Step, DateTimeOffset DueAt);

internal static class TimerTable
{
    public static List<TimerRow> Read(SqliteSession session) => session.Query(
        "SELECT instance, execution, step, dueAt FROM timers", r => new TimerRow(new(r.GetString(0), r.GetString(1), r.GetInt32(2)), r.Instant(3)!.Value));

    public static void Insert(SqliteSession session, TimerRow timer) => session.Execute(
        "INSERT INTO timers VALUES (?1, ?2, ?3, ?4)", timer.Step.Instance, timer.Step.Execution, timer.Step.Step, timer.DueAt.UtcTicks);

    public static bool Delete(SqliteSession session, StepAddress step) => session.Execute(
        "DELETE FROM timers WHERE instance = ?1 AND execution = ?2 AND step = ?3", step.Instance, step.Execution, step.Step) == 1;

    public static void Clear(SqliteSession session, string instance) => session.Execute("DELETE FROM timers WHERE instance = ?1", instance);
}
