using Microsoft.Extensions.Configuration;

namespace Rlhf.Training.FineTuning;

/// <summary>What a host decides about preference fine-tuning.</summary>
public sealed record FineTuningOptions
{
    /// <summary>ARM resource id of the account that tuned models are deployed to; null: a person deploys them.</summary>
    public string? Account { get; init; }

    public Uri Arm { get; init; } = new("https://management.azure.com");

    /// <summary>For one call; an upload of 512 MB takes minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the provider is left alone after an answer that means "later" and names no time.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A job that was asked for and is not listed may still appear: it is asked for again only after this time.</summary>
    public TimeSpan AskAgainAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a trained model may wait for quota, or for a person, to be deployed before its run fails. It costs nothing meanwhile.</summary>
    public TimeSpan DeployWithin { get; init; } = TimeSpan.FromDays(3);

    /// <exception cref="RlhfException"><c>invalid-configuration</c>.</exception>
    public static FineTuningOptions From(IConfiguration? configuration)
    {
        var account = configuration?[AppSettings.FineTuningAccount]?.Trim().TrimEnd('/');
        if (string.IsNullOrEmpty(account)) return new();
        if (!account.StartsWith("/subscriptions/", StringComparison.OrdinalIgnoreCase)
            || !account.Contains("/Microsoft.CognitiveServices/accounts/", StringComparison.OrdinalIgnoreCase))
            throw new RlhfException("invalid-configuration", $"{AppSettings.FineTuningAccount} is '{account}', which is no Azure OpenAI account.",
                "Give the account's resource id: /subscriptions/…/resourceGroups/…/providers/Microsoft.CognitiveServices/accounts/<name>.");
        return new() { Account = account };
    }
}
