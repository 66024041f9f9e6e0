using Rlhf.Generation;
using Rlhf.Storage;

namespace Rlhf.Training.FineTuning;

/// <summary>Says in status.json, as a job does, how far the fine-tuning is.</summary>
internal static class FineTuningStatus
{
    public static Task WriteAsync(IBlobStore blobs, FineTuningRecord record, DateTimeOffset now, CancellationToken cancellation) =>
        blobs.WriteJsonAsync(RunPaths.Status(record.Run), new RunStatus(
            record.Run, record.Ended ?? RunState.Running, record.CreatedAt, now, TrainingStage.Dpo, record.Step, record.Steps, ProgressOf(record), HeadlineOf(record), record.Error, ResultsOf(record)),
            cancellation: cancellation);

    /// <summary>Training is what takes the time; the rest are landmarks.</summary>
    private static double ProgressOf(FineTuningRecord record) => record switch
    {
        { Ended: RunState.Succeeded } => 1,
        { TunedDeployment: not null } => 0.97,
        { TunedModel: not null } => 0.9,
        { JobId: not null, Steps: > 0 } => 0.1 + 0.8 * Math.Min(1, (double)record.Step / record.Steps),
        { JobId: not null } => 0.1,
        _ => 0.02,
    };

    private static string HeadlineOf(FineTuningRecord record) => record switch
    {
        { Ended: RunState.Succeeded } => FormattableString.Invariant($"tuned: {record.TrainedTokens ?? record.EstimatedTokens:N0} tokens charged"),
        { Waiting: { } waiting } => waiting,
        { TunedModel: { } model } => $"the tuned model '{model}' is being deployed as '{record.TargetDeployment}'",
        { JobId: { } job, Step: > 0 } => FormattableString.Invariant($"Azure OpenAI trains ({job}), about {record.EstimatedTokens:N0} tokens"),
        { JobId: { } job } => FormattableString.Invariant($"the job waits at Azure OpenAI ({job}); it will train about {record.EstimatedTokens:N0} tokens"),
        _ => FormattableString.Invariant($"{record.Train.Pairs} pairs go to Azure OpenAI; about {record.EstimatedTokens:N0} tokens to train"),
    };

    private static RunResults? ResultsOf(FineTuningRecord record) => record.Ended == RunState.Succeeded
        ? new(Model: PolicyName.OfDeployment(record.TunedDeployment!), Seconds: Math.Max(0, ((record.TrainedAt ?? record.CreatedAt) - record.CreatedAt).TotalSeconds))
        : null;
}
