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

    public async Task StopAsync(RunId run, CancellationToken cancellation = default)
    {
        // No job file, no job: a run that ends before its snapshot was frozen asks nobody.
        if (await blobs.ReadJsonAsync<TrainingJob>(RunPaths.Job(run), cancellation) is { } job) await Of(job).StopAsync(run, cancellation);
    }

    private async Task<IJobLauncher> OfAsync(RunId run, CancellationToken cancellation) => Of(await blobs.ReadJsonAsync<TrainingJob>(RunPaths.Job(run), cancellation));

    private IJobLauncher Of(TrainingJob? job) => PolicyName.IsDeployment(job?.Policy) ? tuning : jobs;
}
