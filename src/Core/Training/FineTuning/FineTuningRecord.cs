using Rlhf.Storage;

namespace Rlhf.Training.FineTuning;

/// <summary><c>runs/&lt;id&gt;/fine-tuning.json</c>: how far a run's fine-tuning is, and what it costs. Each look takes it a step further; a step that was taken and not written down is found again.</summary>
/// <param name="Deployment">The policy's: what base answers come from.</param>
/// <param name="Model">The model that is tuned, as the provider names it; null until it was looked up.</param>
/// <param name="Train">What goes up for training.</param>
/// <param name="Validation">What the provider measures on as it trains; null where the snapshot has no validation pairs.</param>
/// <param name="EstimatedTokens">Tokens that the provider is expected to charge for.</param>
public sealed record FineTuningRecord(
    RunId Run, Uri Endpoint, string Deployment, string? Model, PreferenceFile Train, PreferenceFile? Validation, int Epochs, double Beta,
    long EstimatedTokens, DateTimeOffset CreatedAt)
{
    public string? TrainFileId { get; init; }

    public string? ValidationFileId { get; init; }

    /// <summary>When the job was last asked for; a crash before its answer leaves this without <see cref="JobId"/>.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    public string? JobId { get; init; }

    /// <summary>The last of the job's events that is in metrics.jsonl.</summary>
    public string? LastEvent { get; init; }

    public int Step { get; init; }

    public int Steps { get; init; }

    /// <summary>Tokens that the provider charged for.</summary>
    public long? TrainedTokens { get; init; }

    /// <summary>The tuned model as the provider names it; what gets deployed.</summary>
    public string? TunedModel { get; init; }

    public DateTimeOffset? TrainedAt { get; init; }

    /// <summary>The tuned model's deployment, once it is there.</summary>
    public string? TunedDeployment { get; init; }

    /// <summary>Whether the pipeline made it, and so takes it away where the run comes to nothing.</summary>
    public bool HasDeployed { get; init; }

    /// <summary>The provider asked to be left alone until then.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Why it waits, for a person.</summary>
    public string? Waiting { get; init; }

    /// <summary>How it ended; null while it goes on.</summary>
    public RunState? Ended { get; init; }

    /// <summary>Why, where it failed: kept here too, since status.json is written after this.</summary>
    public RunError? Error { get; init; }

    /// <summary>Why such a run has no reward accuracy and no KL.</summary>
    public const string NoRewardModel = "not known: the provider tunes on the pairs themselves, so there is no reward model, and it gives out no probabilities to measure KL by";

    public static string PathOf(RunId run) => $"runs/{run}/fine-tuning.json";

    /// <summary>The name under which the tuned model is deployed.</summary>
    public string TargetDeployment => $"rlhf-{Run}";

    /// <summary>Null where the run is not tuned by a provider.</summary>
    public static Task<FineTuningRecord?> FindAsync(IBlobStore blobs, RunId run, CancellationToken cancellation = default) =>
        blobs.ReadJsonAsync<FineTuningRecord>(PathOf(run), cancellation);
}

/// <summary>Preference pairs of one split in the provider's format.</summary>
/// <param name="Path">Blob: JSON lines, UTF-8.</param>
/// <param name="Name">Its name at the provider: run, split and hash, so that an upload that was answered into the void is found.</param>
/// <param name="Tokens">By the o200k vocabulary, prompt and both answers once.</param>
public sealed record PreferenceFile(string Path, string Name, int Pairs, long Bytes, long Tokens)
{
    /// <summary>Pairs of the snapshot that are not in it, since their votes are even.</summary>
    public int Even { get; init; }
}
