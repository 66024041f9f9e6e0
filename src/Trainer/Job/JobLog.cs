using Rlhf.Telemetry;

namespace Rlhf.Trainer.Job;

/// <summary>Lines on the console. In Azure one job serves every run and its executions share one table of logs, so each line says whose it is, as the host's log does.</summary>
internal static class JobLog
{
    public static void Write(string line) => Console.Error.WriteLine($"{DateTimeOffset.UtcNow:HH:mm:ss} {Whose(Environment.GetEnvironmentVariable(JobCommand.JobVariable))}{line}");

    /// <param name="path"><c>runs/&lt;run&gt;/job.json</c>: known before the job is read, and where it can't be.</param>
    private static string Whose(string? path) => path?.Split('/') is [.., var run, _] && WorkIds.OfInstance(run) is { Count: > 0 } ids ? $"[{ids}] " : "";
}
