using Microsoft.Extensions.Logging;
using Rlhf.Storage;
using Rlhf.Telemetry;
using Rlhf.Training;

namespace Rlhf.Orchestrations;

/// <param name="State">Running while the job goes on; Succeeded once its model is there and before it is judged.</param>
public sealed record JobLook(RunState State);

/// <summary>Reads what the job says of itself beside what its launcher says, and starts it again where it vanished: it goes on from its checkpoint.</summary>
public sealed partial class FollowJob(
    RunStore runs, IBlobStore blobs, IJobLauncher launcher, PipelineOptions options, TimeProvider time, ILogger<FollowJob> logger) : Activity<RunStep, JobLook>
{
    public override async Task<JobLook> RunAsync(RunStep input, CancellationToken cancellation)
    {
        var run = await runs.GetAsync(input.Run, cancellation);
        // Said at every look: what sends only what changed in its interval would forget a run that goes on for a day.
        PipelineMetrics.JobState(run);
        if (run.HasEnded) return new(run.State);
        var status = await blobs.ReadJsonAsync<RunStatus>(RunPaths.Status(run.Id), cancellation);
        if (status?.State == RunState.Succeeded) return new(await PublishAsync(run, status, cancellation));
        if (status?.State == RunState.Failed) return new(await FailAsync(run, status.Error ?? Unexplained(run), cancellation));
        var job = run.Execution is { } execution ? await launcher.GetStateAsync(run.Id, execution, cancellation) : new(JobPhase.Unknown);
        return new(IsAlive(job, status) ? RunState.Running : await RestartAsync(run, job, status, cancellation));
    }

    /// <summary>A job that found another one at work ends quietly with success; then the other one's status tells.</summary>
    private bool IsAlive(JobState job, RunStatus? status) => job.Phase switch
    {
        JobPhase.Running => true,
        JobPhase.Failed => false,
        _ => status is not null && time.GetUtcNow() - status.UpdatedAt < options.RunSilence,
    };

    private async Task<RunState> PublishAsync(Run run, RunStatus status, CancellationToken cancellation)
    {
        var results = status.Results ?? new();
        foreach (var model in new[] { results.Model, results.RewardModel }.OfType<string>())
        {
            if (await blobs.FindAsync($"{model}/config.json", cancellation) is null)
                return await FailAsync(run, new("model-missing", $"The job said it published '{model}', but there is no '{model}/config.json'.",
                    "Look at the job's log, then train again."), cancellation);
        }
        await runs.UpdateAsync(run.Id, r => r with { Results = results }, cancellation);
        return RunState.Succeeded;
    }

    private async Task<RunState> RestartAsync(Run run, JobState job, RunStatus? status, CancellationToken cancellation)
    {
        var progress = status?.Progress ?? 0;
        // Progress since the last restart makes it a new trouble: a preempted job may vanish any number of times as long as it gets on.
        var restarts = progress > run.RestartedAt ? 0 : run.Restarts;
        if (restarts >= options.RunRestarts)
            return await FailAsync(run, new("job-vanished", $"The job of '{run.Id}' ended {restarts + 1} times at {100 * progress:0}% without saying why{ExitOf(job)}.",
                "Look at the end of its log, then train again: the rankings are kept.", job.LogTail), cancellation);
        LogRestart(run.Id, restarts + 1, job.ExitCode);
        var execution = await launcher.StartAsync(run.Id, cancellation);
        await runs.UpdateAsync(run.Id, r => r with { Execution = execution, Restarts = restarts + 1, RestartedAt = progress }, cancellation);
        return RunState.Running;
    }

    private async Task<RunState> FailAsync(Run run, RunError error, CancellationToken cancellation) =>
        (await runs.UpdateAsync(run.Id, r => RunEnds.Fail(r, error, time.GetUtcNow()), cancellation)).State;

    private static string ExitOf(JobState job) => job.ExitCode is { } code ? $" (exit code {code})" : "";

    private static RunError Unexplained(Run run) => new("job-failed", $"The job of '{run.Id}' failed without a reason.", "Look at its log, then train again.");

    [LoggerMessage(Level = LogLevel.Warning, Message = "The job of {Run} vanished (exit code {ExitCode}); restart {Restart} from its checkpoint")]
    private partial void LogRestart(RunId run, int restart, int? exitCode);
}
