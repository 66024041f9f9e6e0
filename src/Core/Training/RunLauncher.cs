using Rlhf.Generation;
using Rlhf.Storage;
using Rlhf.Training.FineTuning;

namespace Rlhf.Training;

/// <summary>Starts a run in the way its policy takes: a job of ours for open weights, the provider's fine-tuning for a deployment.</summary>
public sealed class RunLauncher(IBlobStore blobs, IJobLauncher jobs, FineTuningLauncher tuning) : IJobLauncher
{
    public async Task<string> StartAsync(RunId run, CancellationToken cancellation = default) => await (await OfAsync(run, cancellation)).StartAsync(run, cancellation);

    public async Task<JobState> GetStateAsync(RunId run, string execution, CancellationToken cancellation = default) =>
        await (await OfAsync(run, cancellation)).GetStateAsync(run, execution, cancellation);

    public async Task StopAsync(RunId run, string execution, CancellationToken cancellation = default) => await (await OfAsync(run, cancellation)).StopAsync(run, execution, cancellation);

    private async Task<IJobLauncher> OfAsync(RunId run, CancellationToken cancellation) =>
        PolicyName.IsDeployment((await blobs.ReadJsonAsync<TrainingJob>(RunPaths.Job(run), cancellation))?.Policy) ? tuning : jobs;
}
