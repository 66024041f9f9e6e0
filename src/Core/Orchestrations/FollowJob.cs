using Rlhf.Generation;
using Rlhf.Storage;
using Rlhf.Telemetry;
using Rlhf.Training;
using Rlhf.Training.Launching;

namespace Rlhf.Orchestrations;

/// <param name="State">Running while the job goes on; Succeeded once its model is there and before it is judged.</param>
public sealed record JobLook(RunState State);

/// <summary>Starts the run's job and looks after it until it has ended.</summary>
public sealed class FollowJob(RunStore runs, IBlobStore blobs, RunLauncher launcher, JobFollower follower, TimeProvider time) : Activity<RunStep, JobLook>
{
    public override async Task<JobLook> RunAsync(RunStep input, CancellationToken cancellation)
    {
        var run = await runs.GetAsync(input.Run, cancellation);
        // Said at every look: what sends only what changed in its interval would forget a run that goes on for a day.
        PipelineMetrics.JobState(run);
        if (run.HasEnded) return new(run.State);
        var finding = await follower.LookAsync(launcher, run.Id, TrackOf(run), cancellation);
        var after = await runs.UpdateAsync(run.Id, r => With(r, finding.Track), cancellation);
        // Cancelled meanwhile: whoever ends the run stops what was started, under the name that is on the row now.
        if (after.HasEnded) return new(after.State);
        return new(finding.Verdict switch
        {
            JobVerdict.Succeeded => await PublishAsync(run, finding.Status!, cancellation),
            JobVerdict.Failed => await FailAsync(run, finding.Error!, cancellation),
            _ => RunState.Running,
        });
    }

    private static JobTrack TrackOf(Run run) => new(run.Execution, run.JobStartedAt, run.Restarts, run.RestartedAt, run.RestartsInAll, run.Trouble, run.JobStoppedAt);

    private static Run With(Run run, JobTrack track) => run with
    {
        Execution = track.Execution,
        JobStartedAt = track.StartedAt,
        JobStoppedAt = track.StoppedAt,
        Restarts = track.Restarts,
        RestartedAt = track.RestartedAt,
        RestartsInAll = track.RestartsInAll,
        Trouble = track.Trouble,
    };

    private async Task<RunState> PublishAsync(Run run, RunStatus status, CancellationToken cancellation)
    {
        var results = status.Results ?? new();
        foreach (var model in new[] { results.Model, results.RewardModel }.OfType<string>().Where(m => !PolicyName.IsDeployment(m)))
        {
            if (await blobs.FindAsync($"{model}/config.json", cancellation) is null)
                return await FailAsync(run, new("model-missing", $"The job said it published '{model}', but there is no '{model}/config.json'.",
                    "Look at the job's log, then train again."), cancellation);
        }
        await runs.UpdateAsync(run.Id, r => r with { Results = results }, cancellation);
        return RunState.Succeeded;
    }

    private async Task<RunState> FailAsync(Run run, RunError error, CancellationToken cancellation) =>
        (await runs.UpdateAsync(run.Id, r => RunEnds.Fail(r, error, time.GetUtcNow()), cancellation)).State;
}
