using Rlhf.Local.Storage;

namespace Rlhf.Local.Durable;

/// <summary>An activity call that has not ended. It stays until its result is stored, so a killed process runs it again.</summary>
internal sealed record WorkItem(long Id, StepAddress Step, string Activity, string? Input, StepTrace? Trace = null);

internal static class WorkTable
{
    public static List<WorkItem> Read(SqliteSession session) => session.Query(
        "SELECT id, instance, execution, step, activity, input, trace, cause FROM work ORDER BY id",
        r => new WorkItem(r.GetInt64(0), new(r.GetString(1), r.GetString(2), r.GetInt32(3)), r.GetString(4), r.Text(5), new(r.Text(6), r.Text(7))));

    public static WorkItem Insert(SqliteSession session, StepAddress step, string activity, string? input, StepTrace trace)
    {
        var id = session.Find("INSERT INTO work (instance, execution, step, activity, input, trace, cause) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id",
            r => r.GetInt64(0), step.Instance, step.Execution, step.Step, activity, input, trace.Parent, trace.Cause);
        return new(id, step, activity, input, trace);
    }

    public static bool Exists(SqliteSession session, long id) => session.Find("SELECT 1 FROM work WHERE id = ?1", r => r.GetInt32(0), id) == 1;

    public static bool Delete(SqliteSession session, long id) => session.Execute("DELETE FROM work WHERE id = ?1", id) == 1;

    public static void Clear(SqliteSession session, string instance) => session.Execute("DELETE FROM work WHERE instance = ?1", instance);
}
