using System.Text.Json;
using Rlhf.Storage;
using Rlhf.Training;
using Rlhf.Training.Contract;

namespace Rlhf.Trainer.Job;

/// <summary>Reads and checks job.json.</summary>
public static class JobFile
{
    /// <exception cref="RlhfException"><c>job-missing</c> or <c>job-invalid</c>, naming what is wrong.</exception>
    public static async Task<TrainingJob> ReadAsync(IBlobStore blobs, string path, CancellationToken cancellation = default)
    {
        var text = await blobs.ReadTextAsync(path, cancellation)
            ?? throw new RlhfException("job-missing", $"There is no job '{path}' in storage.", "Check RLHF_JOB (the blob path of job.json) and RLHF_STORAGE.", 404);
        try
        {
            return Checked(JsonSerializer.Deserialize<TrainingJob>(text, JobContract.Strict)!, path);
        }
        catch (JsonException e)
        {
            throw Invalid(path, e.Message, e);
        }
    }

    private static TrainingJob Checked(TrainingJob job, string path)
    {
        if (job.Version != TrainingJob.CurrentVersion) throw Invalid(path, $"its version is {job.Version}; this trainer knows version {TrainingJob.CurrentVersion}");
        if (job.Stages.Count == 0) throw Invalid(path, "it names no stage");
        if (job.Stages.Distinct().Count() != job.Stages.Count) throw Invalid(path, "it names a stage twice");
        foreach (var (name, value, minimum) in Minimums(job.Settings))
        {
            if (value < minimum) throw Invalid(path, $"settings.{name} is {value}; it must be at least {minimum}");
        }

        var ppo = job.Settings.Ppo;
        if (ppo.Temperature <= 0) throw Invalid(path, $"settings.ppo.temperature is {ppo.Temperature}; practising needs chance, so it must be above 0");
        if (ppo.MaximumAnswerTokens >= job.Settings.MaximumLength)
            throw Invalid(path, $"settings.ppo.maximumAnswerTokens is {ppo.MaximumAnswerTokens}, which leaves no room for a prompt in settings.maximumLength {job.Settings.MaximumLength}");
        return job;
    }

    private static (string Name, double Value, double Minimum)[] Minimums(TrainingSettings settings) =>
    [
        ("sft.epochs", settings.Sft.Epochs, 1), ("sft.batchSize", settings.Sft.BatchSize, 1),
        ("reward.epochs", settings.Reward.Epochs, 1), ("reward.batchSize", settings.Reward.BatchSize, 1),
        ("ppo.steps", settings.Ppo.Steps, 1), ("ppo.rolloutsPerStep", settings.Ppo.RolloutsPerStep, 2), ("ppo.epochs", settings.Ppo.Epochs, 1),
        ("ppo.minibatchSize", settings.Ppo.MinibatchSize, 1), ("ppo.maximumAnswerTokens", settings.Ppo.MaximumAnswerTokens, 1),
        ("ppo.klCoefficient", settings.Ppo.KlCoefficient, 0), ("ppo.rewardClip", settings.Ppo.RewardClip, 0),
        ("dpo.epochs", settings.Dpo.Epochs, 1), ("dpo.batchSize", settings.Dpo.BatchSize, 1),
    ];

    private static RlhfException Invalid(string path, string what, Exception? inner = null) =>
        new("job-invalid", $"The job '{path}' can't be run: {what}.", "Correct the campaign's training settings (job.schema.json says what a job holds), then start the run again.", inner: inner);
}
