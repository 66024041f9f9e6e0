using Rlhf.Campaigns;
using Rlhf.Generation;

namespace Rlhf.Training.FineTuning;

/// <summary>What a campaign must satisfy whose policy is a deployment; part of <see cref="CampaignSettingsRules"/>.</summary>
internal static class FineTuningRules
{
    /// <exception cref="RlhfException"><c>invalid-settings</c>, <c>policy-not-a-generator</c>.</exception>
    public static void Check(CampaignSettings settings)
    {
        if (!PolicyName.IsDeployment(settings.Policy))
        {
            if (settings.FineTuning is not null)
                throw CampaignSettingsRules.Refuse("fineTuning", $"The policy '{settings.Policy}' is no deployment, so its provider can't tune it.",
                    $"Leave fineTuning out, or name the policy {PolicyName.DeploymentPrefix}<deployment>.");
            return;
        }
        if (PolicyName.WriterOf(settings) is null)
            throw new RlhfException("policy-not-a-generator", $"The policy '{settings.Policy}' is none of the campaign's generators ({string.Join(", ", settings.Generators.Select(g => g.Model))}).",
                "Add the deployment to the generators, kind azureOpenAI, with its endpoint: preferences between a policy's own answers teach it most.");
        if (settings.MinimumPairs < PreferenceFileWriter.MinimumPairs)
            throw CampaignSettingsRules.Refuse("minimumPairs", $"A run needs {settings.MinimumPairs} pairs, and the provider tunes on no fewer than {PreferenceFileWriter.MinimumPairs}.",
                $"Choose at least {PreferenceFileWriter.MinimumPairs}; hundreds change something.");
        CheckNumbers(settings.FineTuning ?? new(), settings.Training.Dpo);
    }

    private static void CheckNumbers(FineTuningSettings tuning, DpoSettings dpo)
    {
        if (tuning.Model is { } model && string.IsNullOrWhiteSpace(model))
            throw CampaignSettingsRules.Refuse("fineTuning.model", "The model to tune has an empty name.", "Name it with its version, e.g. gpt-4.1-mini-2025-04-14, or leave it out.");
        if (tuning.TokenBudget is < 1)
            throw CampaignSettingsRules.Refuse("fineTuning.tokenBudget", $"A job may train {tuning.TokenBudget} tokens.", "Choose 1 or more, or leave it out for no bound.");
        if (tuning.DeploymentCapacity < 1 || string.IsNullOrWhiteSpace(tuning.DeploymentSku))
            throw CampaignSettingsRules.Refuse("fineTuning", $"The tuned model's deployment is '{tuning.DeploymentSku}' with the capacity {tuning.DeploymentCapacity}.", "Choose a kind such as Standard and a capacity of at least 1.");
        if (dpo.Epochs is < 1 or > 25 || dpo.Beta is not (> 0 and <= 2))
            throw CampaignSettingsRules.Refuse("training.dpo", $"Fine-tuning has {dpo.Epochs} epochs and β {dpo.Beta}.", "Choose 1 to 25 epochs (2 is usual) and a β above 0 up to 2 (0.1 is usual).");
    }
}
