using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Rlhf.Training.Launching.ContainerApps;

/// <summary>Runs the training job as an execution of a Container Apps job.</summary>
/// <remarks>Before it starts one it looks for the run's own: a start whose answer was lost is found again. Where two get through all the same, the run's lease lets one of them train.
/// The service has no log to offer here; the trainer keeps the end of its own in storage.</remarks>
internal sealed partial class ContainerAppsJobLauncher(
    ContainerAppsClient client, ContainerAppsJobOptions options, TimeProvider time, ILogger<ContainerAppsJobLauncher> logger) : IJobLauncher
{
    public async Task<string> StartAsync(RunId run, CancellationToken cancellation = default)
    {
        var job = await client.GetJobAsync(cancellation);
        if (await FindLiveAsync(run, job, cancellation) is { } running)
        {
            LogFound(run, running);
            return running;
        }
        var execution = await client.StartAsync(ExecutionTemplate.Of(job["template"] as JsonObject, RunPaths.Job(run)), cancellation)
            ?? await FindLiveAsync(run, job, cancellation) ?? throw Unconfirmed(run);
        LogStarted(run, execution);
        return execution;
    }

    public async Task<JobState> GetStateAsync(RunId run, string execution, CancellationToken cancellation = default)
    {
        if (await client.FindAsync(execution, cancellation) is not { } found) return new(JobPhase.Unknown);
        if (found.Phase == JobPhase.Running && await IsOverdueAsync(found, cancellation)) return new(JobPhase.Overdue);
        return new(found.Phase);
    }

    public async Task StopAsync(RunId run, CancellationToken cancellation = default)
    {
        foreach (var execution in await ListLiveAsync(run, cancellation))
        {
            await client.StopAsync(execution.Name, cancellation);
            LogStopped(run, execution.Name);
        }
    }

    private async Task<string?> FindLiveAsync(RunId run, JsonObject job, CancellationToken cancellation) =>
        (await ListLiveAsync(run, cancellation)).Where(e => !IsOverdue(e, job)).MaxBy(e => e.Properties?.StartTime)?.Name;

    private async Task<IEnumerable<JobExecution>> ListLiveAsync(RunId run, CancellationToken cancellation) =>
        (await client.ListAsync(cancellation)).Where(e => e.MayRun && e.IsFor(RunPaths.Job(run)));

    // Most looks need no second call: the youngest deadline there can be is the grace itself.
    private async Task<bool> IsOverdueAsync(JobExecution execution, CancellationToken cancellation) =>
        execution.Properties?.StartTime is { } start && time.GetUtcNow() - start > options.DeadlineGrace && IsOverdue(execution, await client.GetJobAsync(cancellation));

    private bool IsOverdue(JobExecution execution, JsonObject job) =>
        execution.Properties?.StartTime is { } start && (int?)job["configuration"]?["replicaTimeout"] is { } seconds
        && time.GetUtcNow() - start > TimeSpan.FromSeconds(seconds) + options.DeadlineGrace;

    private RlhfException Unconfirmed(RunId run) => new("trainer-job-unconfirmed",
        $"Azure took the start of '{run}' and named no execution within {options.StartPatience.TotalSeconds:0} s.", "It is looked for again, and started again where it did not come to be.", 503)
    { IsTransient = true };

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run}: execution {Execution} started")]
    private partial void LogStarted(RunId run, string execution);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run}: execution {Execution} found running; none is started beside it")]
    private partial void LogFound(RunId run, string execution);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run}: execution {Execution} told to stop")]
    private partial void LogStopped(RunId run, string execution);
}
