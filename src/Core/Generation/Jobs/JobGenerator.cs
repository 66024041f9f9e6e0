namespace Rlhf.Generation.Jobs;

/// <summary>A model that answers in a job.</summary>
/// <param name="model">Blob prefix or <c>file:</c> folder.</param>
internal sealed class JobGenerator(string name, string model, AnswerJobs jobs) : IGenerator
{
    public string Name => name;

    /// <inheritdoc/>
    /// <exception cref="AnswersPendingException">The job goes on; ask the same again later.</exception>
    public Task<IReadOnlyList<GenerationOutcome>> GenerateAsync(
        IReadOnlyList<GenerationRequest> requests, SamplingSettings sampling, CancellationToken cancellation = default) => jobs.AskAsync(model, requests, sampling, cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
