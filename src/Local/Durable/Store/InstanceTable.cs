using System.Text.Json;
using Microsoft.Data.Sqlite;
using Rlhf.Json;
using Rlhf.Local.Storage;
using Rlhf.Orchestrations;

namespace Rlhf.Local.Durable;

/// <param name="Parent">Who waits for this instance's end, where it is a sub-orchestration.</param>
/// <param name="Trace">Who asked for it until its first episode, its own span from then on; a traceparent.</param>
internal sealed record InstanceRow(OrchestrationInstance Instance, string Execution, StepAddress? Parent, string? Trace = null);

/// <summary>One step of one execution of one instance.</summary>
internal sealed record StepAddress(string Instance, string Execution, int Step);

internal static class InstanceTable
{
    private const string Columns =
        "SELECT id, orchestrator, status, execution, input, output, customStatus, failure, createdAt, updatedAt, parent, parentExecution, parentStep, trace FROM instances";

    public static InstanceRow? Find(SqliteSession session, string id) => session.Find($"{Columns} WHERE id = ?1", Read, id);

    /// <summary>At most <paramref name="take"/> instances after an id, by id.</summary>
    public static List<InstanceRow> List(SqliteSession session, string prefix, string after, int take) => session.Query(
        $"{Columns} WHERE id > ?1 AND id >= ?2 AND substr(id, 1, length(?2)) = ?2 ORDER BY id LIMIT ?3", Read, after, prefix, take);

    public static void Insert(SqliteSession session, InstanceRow row) => session.Execute(
        """
        INSERT INTO instances (id, orchestrator, status, execution, input, createdAt, updatedAt, parent, parentExecution, parentStep, trace)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        """,
        row.Instance.InstanceId, row.Instance.Orchestrator, row.Instance.Status.ToString(), row.Execution, row.Instance.Input,
        row.Instance.CreatedAt.UtcTicks, row.Instance.LastUpdatedAt.UtcTicks, row.Parent?.Instance, row.Parent?.Execution, row.Parent?.Step, row.Trace);

    public static void Update(SqliteSession session, InstanceRow row) => session.Execute(
        "UPDATE instances SET status = ?2, execution = ?3, input = ?4, output = ?5, customStatus = ?6, failure = ?7, updatedAt = ?8, trace = ?9 WHERE id = ?1",
        row.Instance.InstanceId, row.Instance.Status.ToString(), row.Execution, row.Instance.Input, row.Instance.Output, row.Instance.CustomStatus,
        row.Instance.Failure is { } failure ? JsonSerializer.Serialize(failure, RlhfJson.Options) : null, row.Instance.LastUpdatedAt.UtcTicks, row.Trace);

    /// <summary>Removes the instance and all that belongs to it, but not the work of fire-and-forget activities.</summary>
    public static void Delete(SqliteSession session, string id)
    {
        session.Execute("DELETE FROM instances WHERE id = ?1", id);
        session.Execute("DELETE FROM history WHERE instance = ?1", id);
        session.Execute("DELETE FROM inbox WHERE instance = ?1", id);
        session.Execute("DELETE FROM timers WHERE instance = ?1", id);
    }

    private static InstanceRow Read(SqliteDataReader row) => new(
        new(row.GetString(0), row.GetString(1), Enum.Parse<OrchestrationStatus>(row.GetString(2)), row.Instant(8)!.Value, row.Instant(9)!.Value, row.Text(4), row.Text(5),
            row.Text(6), row.Text(7) is { } failure ? JsonSerializer.Deserialize<StepFailure>(failure, RlhfJson.Options) : null),
        row.GetString(3),
        row.Text(10) is { } parent ? new(parent, row.GetString(11), row.GetInt32(12)) : null,
        row.Text(13));
}
