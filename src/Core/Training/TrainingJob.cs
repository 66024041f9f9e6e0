using Rlhf.Generation;

namespace Rlhf.Training;

public enum TrainingStage { Sft, Reward, Ppo, Dpo, Generate, Export }

/// <summary>The job's contract: <c>runs/&lt;id&gt;/job.json</c>. <c>RLHF_JOB</c> names it, <c>RLHF_STORAGE</c> the storage (a folder, a connection string or an account's address).
/// Any image that honours it serves. Paths are blob paths; a path that begins with <c>file:</c> is a local folder.</summary>
/// <param name="Policy">Model in Hugging Face layout: where the policy starts, and its frozen reference.</param>
/// <param name="RewardStart">Trunk the reward model starts from; the policy where null.</param>
/// <param name="Pairs">JSON lines of PreferencePair; train, validation and test, told apart by <c>split</c>. Test pairs are for reporting only.</param>
/// <param name="RolloutPrompts">JSON lines {promptId, messages}: labeled and unlabeled train prompts.</param>
/// <param name="ValidationPrompts">The same for validation prompts.</param>
/// <param name="TestPrompts">The same for test prompts: KL and the published answers only, never anything chosen by them.</param>
/// <param name="SftExamples">JSON lines {messages, answer, weight} for the sft stage, where asked.</param>
/// <param name="TestComparisons">JSON lines of <see cref="TestComparison"/>: the job scores each answer with the reward model into <c>&lt;output&gt;/test-scores.jsonl</c>
/// (JSON lines of <see cref="ScoredComparison"/>). For reporting only.</param>
/// <param name="Output">Prefix for everything written, e.g. <c>runs/demo-run1</c>: <c>status.json</c>, <c>metrics.jsonl</c> (<c>metrics-2.jsonl</c> and so on where storage takes no more appends), and, where the launcher may have none to show, <c>log.txt</c>.</param>
public sealed record TrainingJob(
    RunId Run, string Policy, string Pairs, string RolloutPrompts, string ValidationPrompts, string TestPrompts,
    IReadOnlyList<TrainingStage> Stages, TrainingSettings Settings, long Seed, string Output,
    string? RewardStart = null, string? SftExamples = null, GenerateStage? Generate = null, string? TestComparisons = null)
{
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;
}

/// <summary>Prompts blob → answers blob, with the policy.</summary>
/// <param name="Prompts">JSON lines of <see cref="AskedPrompt"/>.</param>
/// <param name="Answers">JSON lines of <see cref="GeneratedAnswer"/>, one a prompt, in order; written once all are there.</param>
public sealed record GenerateStage(string Prompts, string Answers, SamplingSettings Sampling);

public sealed record TrainingSettings
{
    public SftSettings Sft { get; init; } = new();

    public RewardSettings Reward { get; init; } = new();

    public PpoSettings Ppo { get; init; } = new();

    public DpoSettings Dpo { get; init; } = new();

    /// <summary>Tokens of prompt and answer together; too long a prompt loses whole early turns, never the answer.</summary>
    public int MaximumLength { get; init; } = 256;

    /// <summary>How often a checkpoint is written, at least.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromSeconds(20);
}

public sealed record SftSettings
{
    public int Epochs { get; init; } = 1;
    public int BatchSize { get; init; } = 32;
    public double LearningRate { get; init; } = 5e-4;
}

public sealed record RewardSettings
{
    public int Epochs { get; init; } = 2;
    public int BatchSize { get; init; } = 32;
    public double LearningRate { get; init; } = 1e-3;
    public double WeightDecay { get; init; } = 0.1;
    /// <summary>Rank the pairs by σ of the preference share (soft) instead of the majority (hard).</summary>
    public bool SoftLabels { get; init; }
}

public sealed record PpoSettings
{
    public int Steps { get; init; } = 80;
    public int RolloutsPerStep { get; init; } = 64;
    public int Epochs { get; init; } = 2;
    public int MinibatchSize { get; init; } = 32;
    public double LearningRate { get; init; } = 5e-4;
    public double Gamma { get; init; } = 1;
    /// <summary>λ of the policy's advantages; the value model learns whole returns.</summary>
    public double Lambda { get; init; } = 0.95;
    public double ClipRange { get; init; } = 0.2;
    /// <summary>How far a value may move in a step before it stops counting, in units of r̂; the default is out of reach, so nothing is clipped unless it is set lower.</summary>
    public double ValueClipRange { get; init; } = 10;
    public double ValueCoefficient { get; init; } = 1;
    public double ValueLearningRate { get; init; } = 5e-4;
    /// <summary>β on the per-token KL to the reference; it applies to the normalised reward. 0 turns the penalty off.</summary>
    public double KlCoefficient { get; init; } = 0.15;
    /// <summary>Nats a sequence that the adaptive controller steers to; null keeps the coefficient fixed.</summary>
    public double? TargetKl { get; init; }
    /// <summary>Taken off the normalised reward where the end token is missing, after clipping.</summary>
    public double MissingEndPenalty { get; init; } = 2;
    public double RewardClip { get; init; } = 5;
    public int MaximumAnswerTokens { get; init; } = 96;
    public double Temperature { get; init; } = 1;
}

public sealed record DpoSettings
{
    public int Epochs { get; init; } = 2;
    public int BatchSize { get; init; } = 32;
    public double LearningRate { get; init; } = 1e-4;
    public double Beta { get; init; } = 0.1;
}
