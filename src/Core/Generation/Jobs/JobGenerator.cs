using Rlhf.Training.Launching;

namespace Rlhf.Generation.Jobs;

/// <summary>A model that answers in a job.</summary>
/// <param name="model">Blob prefix or <c>file:</c> folder.</param>
/// <param name="asker">Whom it answers for.</param>
internal sealed class JobGenerator(string name, string model, AnswerJobs jobs, JobAsker? asker = null) : IGenerator
{
    public string Name => name;

    public JobGenerator For(JobAsker? other) => new(name, model, jobs, other);

    /// <inheritdoc/>
    /// <exception cref="AnswersPendingException">The job goes on; ask the same again later.</exception>
    public Task<IReadOnlyList<GenerationOutcome>> GenerateAsync(
        IReadOnlyList<GenerationRequest> requests, SamplingSettings sampling, CancellationToken cancellation = default) => jobs.AskAsync(model, requests, sampling, asker, cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
