using Rlhf.Training;

namespace Rlhf.Orchestrations;

/// <summary>Names a run for an activity.</summary>
public sealed record RunStep(CampaignId Campaign, RunId Run);

/// <param name="State">Running, or how it ended already.</param>
public sealed record BeginRunResult(RunState State, TimeSpan FirstLook, TimeSpan LongestLook);

/// <summary>Freezes the run's snapshot; the first look at its job starts it. What only a person can mend fails the run, with the reason.</summary>
public sealed class BeginRun(RunStore runs, SnapshotBuilder snapshots, PipelineOptions options, TimeProvider time)
    : Activity<RunStep, BeginRunResult>
{
    public override async Task<BeginRunResult> RunAsync(RunStep input, CancellationToken cancellation)
    {
        var run = await runs.GetAsync(input.Run, cancellation);
        if (!run.HasEnded) run = await StartAsync(run, cancellation);
        return new(run.State, options.RunLook, options.RunLookMaximum);
    }

    private async Task<Run> StartAsync(Run run, CancellationToken cancellation)
    {
        try
        {
            var snapshot = await snapshots.FreezeAsync(run, cancellation);
            return await runs.UpdateAsync(run.Id, r => r.HasEnded ? r : RunTransitions.Apply(r, RunOperation.Start) with { Snapshot = snapshot.Summary }, cancellation);
        }
        catch (RlhfException e) when (!e.IsTransient)
        {
            return await runs.UpdateAsync(run.Id, r => RunEnds.Fail(r, new(e.Code, e.Message, e.Remedy), time.GetUtcNow()), cancellation);
        }
    }
}
