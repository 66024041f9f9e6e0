using Rlhf.Generation.Jobs;
using Rlhf.Training;
using Rlhf.Training.Launching;
using Rlhf.Training.Reporting;

namespace Rlhf.Orchestrations;

public sealed record EndRunInput(CampaignId Campaign, RunId Run, RunState State);

public sealed record EndRunResult(RunState State);

/// <summary>Closes a run's row, writes its report, and leaves no job behind.</summary>
public sealed class EndRun(RunStore runs, RunReporter reports, RunLauncher launcher, JobFollower follower, AnswerJobs answers, TimeProvider time) : Activity<EndRunInput, EndRunResult>
{
    public override async Task<EndRunResult> RunAsync(EndRunInput input, CancellationToken cancellation)
    {
        var run = input.State == RunState.Succeeded
            ? await runs.UpdateAsync(input.Run, r => RunEnds.Succeed(r, time.GetUtcNow()), cancellation)
            : await runs.GetAsync(input.Run, cancellation);
        await reports.WriteAsync(run.Id, cancellation);
        // Whether or not the row has its name: the answer to its start may have been lost.
        if (run.State == RunState.Succeeded) return new(run.State);
        await follower.StopAsync(launcher, run.Id, cancellation);
        await answers.StopAsync(new(run.Campaign, run.Id), cancellation);
        return new(run.State);
    }
}
