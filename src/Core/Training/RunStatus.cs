namespace Rlhf.Training;

public enum RunState { Queued, Running, Succeeded, Failed, Cancelled }

/// <summary><c>runs/&lt;id&gt;/status.json</c>, rewritten by the job as it goes.</summary>
/// <param name="Progress">0..1 over all stages.</param>
/// <param name="Headline">The metric that matters now, for a person: e.g. <c>reward accuracy 84% (validation)</c>.</param>
/// <param name="Error">What failed and what to do, in <see cref="RunState.Failed"/>.</param>
/// <param name="Results">Final figures by name (see <see cref="RunResults"/>), in <see cref="RunState.Succeeded"/>.</param>
public sealed record RunStatus(
    RunId Run, RunState State, DateTimeOffset StartedAt, DateTimeOffset UpdatedAt, TrainingStage? Stage = null, int Step = 0, int Steps = 0,
    double Progress = 0, string? Headline = null, RunError? Error = null, RunResults? Results = null);

public sealed record RunError(string Code, string Message, string Remedy, string? Detail = null);

/// <summary>One line of <c>runs/&lt;id&gt;/metrics.jsonl</c>. A restarted job may write a step twice; the last line of a (stage, step) counts.</summary>
/// <param name="Values">By name, e.g. <c>loss</c>, <c>accuracyValidation</c>, <c>reward</c>, <c>kl</c>, <c>klCoefficient</c>, <c>clipFraction</c>, <c>entropy</c>, <c>answerLength</c>.</param>
public sealed record MetricPoint(TrainingStage Stage, int Step, DateTimeOffset At, IReadOnlyDictionary<string, double> Values);

/// <param name="RewardModel">Blob prefix of the published reward model.</param>
/// <param name="Model">Blob prefix of the published policy.</param>
/// <param name="RewardAccuracyTest">Share of test pairs (the annotators' labels) that the reward model ranks right.</param>
/// <param name="KlMean">Nats a sequence, policy samples, test prompts, against the run's reference.</param>
public sealed record RunResults(
    string? RewardModel = null, string? Model = null, double? RewardAccuracyTrain = null, double? RewardAccuracyValidation = null,
    double? RewardAccuracyTest = null, int TestPairs = 0, double? KlMean = null, double? MeanRewardBefore = null, double? MeanRewardAfter = null,
    double Seconds = 0);
