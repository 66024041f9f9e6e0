using System.Text.Json.Serialization;
using Rlhf.Prompts;
using Rlhf.Training.Launching;

namespace Rlhf.Generation;

/// <summary>Whatever writes answers, a batch of prompts at a time.</summary>
public interface IGenerator : IAsyncDisposable
{
    /// <summary>Stored with every answer; never served to annotators.</summary>
    string Name { get; }

    /// <summary>One outcome a request, in order. A refusal, a rate limit that outlasted its retries or a time-out is an outcome, not an exception;
    /// an exception means that nothing works (model missing, key refused).</summary>
    Task<IReadOnlyList<GenerationOutcome>> GenerateAsync(
        IReadOnlyList<GenerationRequest> requests, SamplingSettings sampling, CancellationToken cancellation = default);
}

/// <summary>One answer asked for. The same seed, model and settings give the same answer wherever the generator can promise it.</summary>
public sealed record GenerationRequest(IReadOnlyList<Message> Messages, long Seed);

/// <param name="Text">Null where there is no answer; then <paramref name="Failure"/> says why.</param>
public sealed record GenerationOutcome(
    string? Text, FinishReason FinishReason, int PromptTokens = 0, int CompletionTokens = 0, GenerationFailure? Failure = null);

/// <param name="Code">content-filter, rate-limited, timed-out, prompt-too-long, endpoint-error.</param>
/// <param name="IsTransient">Whether asking again later may help.</param>
public sealed record GenerationFailure(string Code, string Message, bool IsTransient);

/// <summary>Opens the generator that a campaign names. Generators are shared and stay open; the caller does not dispose them.</summary>
public interface IGeneratorFactory
{
    /// <exception cref="RlhfException">The model is missing or damaged, too large for its place, or the endpoint's settings are incomplete.</exception>
    ValueTask<IGenerator> OpenAsync(GeneratorSettings settings, CancellationToken cancellation = default);

    /// <summary>Where it answers.</summary>
    ValueTask<GeneratorPlace> PlaceAsync(GeneratorSettings settings, CancellationToken cancellation = default) => new(GeneratorPlace.InProcess);
}

/// <summary>Where a generator answers: within the pipeline's own process, behind an address, or in a job of its own, which takes minutes and is asked for again.</summary>
public enum GeneratorPlace { InProcess, Endpoint, Job }

public enum GeneratorKind { Onnx, OpenAI, AzureOpenAI }

/// <summary>One generator of a campaign.</summary>
/// <param name="Name">Shown to the owner, e.g. <c>base</c>, <c>gpt-4o</c>, <c>tuned-r1</c>.</param>
/// <param name="Model">Onnx: the model's blob path or folder (Hugging Face layout with <c>model.onnx</c>). Otherwise the model or deployment name.</param>
/// <param name="Endpoint">OpenAI-compatible base address or the Azure OpenAI resource; keys come from configuration, never from here.</param>
/// <param name="Share">Share of the campaign's answers that this generator writes, relative to the others.</param>
public sealed record GeneratorSettings(string Name, GeneratorKind Kind, string Model, Uri? Endpoint = null, double Share = 1)
{
    public SamplingSettings Sampling { get; init; } = new();

    /// <summary>The generator whose key this one uses, where not its own: a tuned policy's is its campaign's. Never sent or stored.</summary>
    [JsonIgnore]
    public string? KeyOwner { get; init; }

    /// <summary>Whom it answers for, so that a job of its is stopped when nobody wants the answers any more. Never sent or stored.</summary>
    [JsonIgnore]
    public JobAsker? Asker { get; init; }

    /// <summary>For one call to an endpoint.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Answers asked for at a time from an endpoint.</summary>
    public int Concurrency { get; init; } = 4;
}
