using Rlhf.Campaigns;

namespace Rlhf.Generation;

/// <summary>How a policy, base or tuned, is named: a model's folder or blob prefix, or <c>azureOpenAI:&lt;deployment&gt;</c> where only an endpoint holds it.</summary>
public static class PolicyName
{
    public const string DeploymentPrefix = "azureOpenAI:";

    public static bool IsDeployment(string? policy) => policy?.StartsWith(DeploymentPrefix, StringComparison.OrdinalIgnoreCase) == true;

    public static string OfDeployment(string deployment) => DeploymentPrefix + deployment;

    /// <summary>The campaign's own generator that is its policy; null where the policy writes none of its answers.</summary>
    public static GeneratorSettings? WriterOf(CampaignSettings settings) => settings.Policy is not { } policy ? null
        : settings.Generators.FirstOrDefault(IsDeployment(policy)
            ? g => g.Kind == GeneratorKind.AzureOpenAI && g.Model == DeploymentOf(policy)
            : g => g.Kind == GeneratorKind.Onnx && g.Model == policy);

    /// <summary>The generator with which a base or tuned policy answers; a deployment at the endpoint of the campaign's own.</summary>
    public static GeneratorSettings GeneratorOf(CampaignSettings settings, string name, string model)
    {
        if (!IsDeployment(model)) return new(name, GeneratorKind.Onnx, model);
        var deployment = new GeneratorSettings(name, GeneratorKind.AzureOpenAI, DeploymentOf(model));
        return WriterOf(settings) is { } writer
            ? deployment with { Endpoint = writer.Endpoint, KeyOwner = writer.Name, Timeout = writer.Timeout, Concurrency = writer.Concurrency }
            : deployment;
    }

    public static string DeploymentOf(string policy) => policy[DeploymentPrefix.Length..];
}
