using Rlhf.Campaigns;
using Rlhf.Orchestrations;
using Rlhf.Storage;

namespace Rlhf.Training;

/// <summary>Starting, following and cancelling runs.</summary>
public sealed class RunService(
    RunStore runs, CampaignStore campaigns, SnapshotBuilder snapshots, IOrchestrationClient orchestrations, CampaignSignals signals, IBlobStore blobs, TimeProvider time)
{
    /// <summary>A run that an owner asked for; others name their round.</summary>
    public const string OwnerTrigger = "owner";

    /// <summary>Starts a run on what is labeled so far. A round's run is started once, however often it is asked for.</summary>
    /// <exception cref="RlhfException"><c>no-policy</c>, <c>too-few-pairs</c>, or <c>run-active</c> where one is going on.</exception>
    public async Task<Run> StartAsync(CampaignId campaign, string trigger = OwnerTrigger, CancellationToken cancellation = default)
    {
        var row = CampaignTransitions.Apply(await campaigns.GetAsync(campaign, cancellation), CampaignOperation.Train);
        var existing = await runs.ListAsync(campaign, cancellation);
        if (trigger != OwnerTrigger && existing.FirstOrDefault(r => r.Trigger == trigger) is { } same) return await ScheduleAsync(same, cancellation);
        if (existing.FirstOrDefault(r => !r.HasEnded) is { } active) throw Active(active);
        if (row.Settings.Policy is null) throw NoPolicy(campaign);
        var now = time.GetUtcNow();
        SnapshotBuilder.CheckPairs(row.Settings, await snapshots.DerivePairsAsync(row, now, cancellation));
        return await ScheduleAsync(await CreateAsync(row, trigger, now, cancellation), cancellation);
    }

    /// <summary>Ends the run; its orchestration stops the job.</summary>
    /// <exception cref="IllegalTransitionException">It has ended already.</exception>
    public async Task<Run> CancelAsync(RunId id, CancellationToken cancellation = default)
    {
        var run = await runs.UpdateAsync(id, r => RunTransitions.Apply(r, RunOperation.Cancel) with { EndedAt = r.EndedAt ?? time.GetUtcNow() }, cancellation);
        await signals.WakeAsync(id, cancellation);
        return run;
    }

    public Task<Run> GetAsync(RunId id, CancellationToken cancellation = default) => runs.GetAsync(id, cancellation);

    /// <summary>A campaign's runs, the newest first.</summary>
    public Task<IReadOnlyList<Run>> ListAsync(CampaignId campaign, CancellationToken cancellation = default) => runs.ListAsync(campaign, cancellation);

    /// <summary>What the job last said of itself; null before it said anything.</summary>
    public Task<RunStatus?> GetStatusAsync(RunId id, CancellationToken cancellation = default) =>
        blobs.ReadJsonAsync<RunStatus>(RunPaths.Status(id), cancellation);

    /// <summary>The run's curves: the last point of each (stage, step), by stage and step. Torn lines are skipped.</summary>
    public async Task<IReadOnlyList<MetricPoint>> GetMetricsAsync(RunId id, CancellationToken cancellation = default)
    {
        var points = new Dictionary<(TrainingStage, int), MetricPoint>();
        var path = RunPaths.Metrics(id);
        for (var part = 2; path is not null; part++)
        {
            await foreach (var point in JsonLines.ReadAsync<MetricPoint>(blobs, path, cancellation)) points[(point.Stage, point.Step)] = point;
            path = (await blobs.FindAsync(RunPaths.Metrics(RunPaths.Root(id), part), cancellation))?.Path;
        }
        return [.. points.Values.OrderBy(p => p.Stage).ThenBy(p => p.Step)];
    }

    internal static RlhfException NoPolicy(CampaignId campaign) => new("no-policy", $"The campaign '{campaign}' names no policy, so there is nothing to tune.",
        "Create the campaign with the model to tune as its policy.", 409);

    /// <summary>The row's insertion is what gives a run its number.</summary>
    private async Task<Run> CreateAsync(Campaign campaign, string trigger, DateTimeOffset now, CancellationToken cancellation)
    {
        for (var number = campaign.Runs + 1; ; number++)
        {
            var run = new Run(RunStore.IdFor(campaign.Id, number), campaign.Id, campaign.Round, trigger, RunState.Queued, now, now);
            if (await runs.CreateAsync(run, cancellation))
            {
                await StandAsync(run, await campaigns.UpdateAsync(campaign.Id, c => Numbered(c, number), cancellation), cancellation);
                return run;
            }
            // Somebody asked at the same moment, and got the number.
            if (await runs.GetAsync(run.Id, cancellation) is { HasEnded: false } faster)
                return trigger != OwnerTrigger && faster.Trigger == trigger ? faster : throw Active(faster);
        }
    }

    /// <summary>Cancelling a campaign writes its row first and then looks for runs: that, or this look at the row after the run was made, sees the other.</summary>
    private async Task StandAsync(Run run, Campaign campaign, CancellationToken cancellation)
    {
        if (campaign.State == CampaignState.Cancelled)
            await runs.UpdateAsync(run.Id, r => r.HasEnded ? r : RunTransitions.Apply(r, RunOperation.Cancel) with { EndedAt = time.GetUtcNow() }, cancellation);
        CampaignTransitions.Apply(campaign, CampaignOperation.Train);
    }

    /// <summary>Why the last round ended without a model is over once there is another run.</summary>
    private static Campaign Numbered(Campaign campaign, int number) => campaign with
    {
        Runs = Math.Max(campaign.Runs, number),
        Reason = campaign.State == CampaignState.Completed ? null : campaign.Reason,
    };

    private static RlhfException Active(Run run) =>
        new("run-active", $"The run '{run.Id}' is {run.State.ToString().ToLowerInvariant()}.", "Wait until it has ended, or cancel it.", 409);

    private async Task<Run> ScheduleAsync(Run run, CancellationToken cancellation)
    {
        if (!run.HasEnded) await orchestrations.TryScheduleAsync(nameof(TrainPolicy), new TrainPolicyInput(run.Campaign, run.Id), run.Id.Value, cancellation);
        await signals.WakeAsync(run.Campaign, cancellation);
        return run;
    }
}
