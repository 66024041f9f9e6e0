using Rlhf.Training;
using Rlhf.Training.Reporting;

namespace Rlhf.Orchestrations;

public sealed record EndRunInput(CampaignId Campaign, RunId Run, RunState State);

public sealed record EndRunResult(RunState State);

/// <summary>Closes a run's row, writes its report, and stops the job of one that was cancelled.</summary>
public sealed class EndRun(RunStore runs, RunReporter reports, IJobLauncher launcher, TimeProvider time) : Activity<EndRunInput, EndRunResult>
{
    public override async Task<EndRunResult> RunAsync(EndRunInput input, CancellationToken cancellation)
    {
        var run = input.State == RunState.Succeeded
            ? await runs.UpdateAsync(input.Run, r => RunEnds.Succeed(r, time.GetUtcNow()), cancellation)
            : await runs.GetAsync(input.Run, cancellation);
        if (run.State == RunState.Cancelled && run.Execution is { } execution) await launcher.StopAsync(run.Id, execution, cancellation);
        await reports.WriteAsync(run.Id, cancellation);
        return new(run.State);
    }
}
