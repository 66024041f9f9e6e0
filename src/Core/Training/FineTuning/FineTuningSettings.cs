namespace Rlhf.Training.FineTuning;

/// <summary>How a policy that is a deployment is tuned by its provider. β and epochs are <c>training.dpo</c>'s; batch size and learning rate are left to the provider.</summary>
public sealed record FineTuningSettings
{
    /// <summary>Model to tune, as the provider names it, version included: <c>gpt-4.1-mini-2025-04-14</c>. Null: the one that the policy's deployment holds,
    /// which the pipeline can look up where it knows the account (<see cref="AppSettings.FineTuningAccount"/>).</summary>
    public string? Model { get; init; }

    /// <summary>Most tokens one job may be charged for, by the estimate before it starts: tokens of the training file, once an epoch. Null is no bound.</summary>
    public long? TokenBudget { get; init; }

    public TrainingTier Tier { get; init; } = TrainingTier.Standard;

    /// <summary>Kind of the tuned model's deployment, e.g. <c>Standard</c>, <c>GlobalStandard</c>, <c>DeveloperTier</c> (no hourly charge, gone after 24 hours).</summary>
    public string DeploymentSku { get; init; } = "Standard";

    /// <summary>Thousands of tokens a minute that the tuned model's deployment takes from the quota.</summary>
    public int DeploymentCapacity { get; init; } = 10;
}

/// <summary>Where the provider trains: in the account's region, wherever there is room (cheaper), or on idle capacity (cheapest, may pause).</summary>
public enum TrainingTier { Standard, GlobalStandard, DeveloperTier }
