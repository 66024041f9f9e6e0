using Rlhf.Storage;

namespace Rlhf.Training;

/// <summary>Starting, following and cancelling runs.</summary>
public sealed class RunService(RunStore runs, IBlobStore blobs)
{
    /// <summary>Starts a run on what is labeled so far.</summary>
    /// <exception cref="RlhfException"><c>no-policy</c>, <c>too-few-pairs</c>, or <c>run-active</c> where one is going on.</exception>
    public Task<Run> StartAsync(CampaignId campaign, string trigger = "owner", CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Ends the run and stops its job.</summary>
    public Task<Run> CancelAsync(RunId id, CancellationToken cancellation = default) => throw new NotImplementedException();

    public Task<Run> GetAsync(RunId id, CancellationToken cancellation = default) => runs.GetAsync(id, cancellation);

    public Task<IReadOnlyList<Run>> ListAsync(CampaignId campaign, CancellationToken cancellation = default) => runs.ListAsync(campaign, cancellation);

    /// <summary>What the job last said of itself; null before it said anything.</summary>
    public Task<RunStatus?> GetStatusAsync(RunId id, CancellationToken cancellation = default) =>
        blobs.ReadJsonAsync<RunStatus>($"runs/{id}/status.json", cancellation);

    /// <summary>The run's curves: the last point of each (stage, step), in order. Torn lines are skipped.</summary>
    public Task<IReadOnlyList<MetricPoint>> GetMetricsAsync(RunId id, CancellationToken cancellation = default) => throw new NotImplementedException();
}
