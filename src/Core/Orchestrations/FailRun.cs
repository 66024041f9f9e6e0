using Rlhf.Generation.Jobs;
using Rlhf.Training;
using Rlhf.Training.Launching;
using Rlhf.Training.Reporting;

namespace Rlhf.Orchestrations;

public sealed record FailRunInput(CampaignId Campaign, RunId Run, StepFailure Failure);

/// <summary>Keeps on the row why a step of the run failed for good, and leaves no job behind.</summary>
public sealed class FailRun(RunStore runs, RunReporter reports, RunLauncher launcher, JobFollower follower, AnswerJobs answers, TimeProvider time) : Activity<FailRunInput, EndRunResult>
{
    public override async Task<EndRunResult> RunAsync(FailRunInput input, CancellationToken cancellation)
    {
        var error = new RunError(input.Failure.ErrorCode ?? "run-failed", input.Failure.Message,
            input.Failure.Remedy ?? "Look at the host's log, then train again: the rankings are kept.", input.Failure.ErrorType);
        var run = await runs.UpdateAsync(input.Run, r => RunEnds.Fail(r, error, time.GetUtcNow()), cancellation);
        await reports.WriteAsync(run.Id, cancellation);
        if (run.State == RunState.Succeeded) return new(run.State);
        await follower.StopAsync(launcher, run.Id, cancellation);
        await answers.StopAsync(new(run.Campaign, run.Id), cancellation);
        return new(run.State);
    }
}
