using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Storage;

namespace Rlhf.Training.FineTuning;

/// <summary>What a run's fine-tuning will be, settled before anything goes up: its files, its settings, what it is expected to cost.</summary>
internal sealed class FineTuningPlanner(IBlobStore blobs, PreferenceFileWriter files, TimeProvider time)
{
    /// <summary>Idempotent: the first plan stands.</summary>
    /// <param name="canLookUp">Whether the policy's deployment can be asked which model it holds.</param>
    /// <exception cref="RlhfException"><c>too-few-pairs</c>, <c>fine-tuning-budget</c>, <c>fine-tuning-model-unknown</c>, …</exception>
    public async Task PlanAsync(RunId run, CampaignSettings settings, Uri endpoint, bool canLookUp, CancellationToken cancellation)
    {
        if (await blobs.FindAsync(FineTuningRecord.PathOf(run), cancellation) is not null) return;
        var tuning = settings.FineTuning ?? new();
        var deployment = PolicyName.DeploymentOf(settings.Policy!);
        if (tuning.Model is null && !canLookUp) throw ModelUnknown(deployment);
        var (train, validation) = await files.WriteAsync(run, cancellation);
        var estimate = train.Tokens * settings.Training.Dpo.Epochs;
        if (estimate > tuning.TokenBudget) throw OverBudget(run, train, settings.Training.Dpo.Epochs, tuning.TokenBudget.Value);
        var record = new FineTuningRecord(run, endpoint, deployment, tuning.Model, train, validation, settings.Training.Dpo.Epochs, settings.Training.Dpo.Beta, estimate, time.GetUtcNow());
        await blobs.WriteJsonAsync(FineTuningRecord.PathOf(run), record, WriteCondition.CreateOnly, cancellation);
    }

    private static RlhfException ModelUnknown(string deployment) => new("fine-tuning-model-unknown", $"Which model the deployment '{deployment}' holds is not known.",
        $"Name it as fineTuning.model, version included, e.g. gpt-4.1-mini-2025-04-14; or set {AppSettings.FineTuningAccount}, and it is looked up.", 409);

    private static RlhfException OverBudget(RunId run, PreferenceFile train, int epochs, long budget) => new("fine-tuning-budget",
        FormattableString.Invariant($"Fine-tuning '{run}' would train about {train.Tokens * epochs:N0} tokens ({train.Tokens:N0} in {train.Pairs} pairs, {epochs} epochs); the campaign allows {budget:N0}."),
        "Raise fineTuning.tokenBudget or lower training.dpo.epochs, in a campaign with these prompts. Nothing was sent.", 409);
}
