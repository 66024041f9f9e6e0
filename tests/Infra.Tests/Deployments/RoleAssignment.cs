using System.Text.RegularExpressions;

namespace Rlhf.Infra.Tests.Deployments;

/// <summary>Who may do what, where.</summary>
/// <param name="Who"><c>app</c>, <c>trainer</c> or <c>deployer</c>.</param>
/// <param name="Scope">The resource's type without its provider, and its name where it is not made up: <c>storageAccounts</c>, <c>containers/runs</c>.</param>
internal sealed partial record RoleAssignment(string Who, string Role, string Scope)
{
    // By id from https://learn.microsoft.com/azure/role-based-access-control/built-in-roles, written down apart from the deployment's own table.
    private static readonly Dictionary<string, string> Names = new()
    {
        ["7f951dda-4ed3-4680-a7ca-43fe172d538d"] = "AcrPull",
        ["a001fd3d-188f-4b5e-821b-7da978bf7442"] = "Cognitive Services OpenAI Contributor",
        ["5e0bd9bd-7b93-4f28-af87-fc36d327ad84"] = "Cognitive Services OpenAI User",
        ["b9a307c4-5aa3-4b52-ba60-2b17c136cd7b"] = "Container Apps Jobs Operator",
        ["0ad04412-c4d5-4796-b79c-f76d14c8d402"] = "Durable Task Data Contributor",
        ["b86a8fe4-44ce-4948-aee5-eccb2c155cd7"] = "Key Vault Secrets Officer",
        ["4633458b-17de-408a-b874-0445c86b69e6"] = "Key Vault Secrets User",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
        ["ba92f5b4-2d11-453d-a403-e96b0029c9fe"] = "Storage Blob Data Contributor",
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
        ["2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"] = "Storage Blob Data Reader",
        ["974c5e8b-45b9-4653-ba55-5f855dd0fb88"] = "Storage Queue Data Contributor",
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Storage Table Data Contributor",
    };

    public static IReadOnlyList<RoleAssignment> In(Deployment deployment) =>
        [.. deployment.OfType("Microsoft.Authorization/roleAssignments").Select(Read)];

    private static RoleAssignment Read(DeployedResource resource)
    {
        var principal = resource.At("properties", "principalId")!.Value.GetString()!;
        var who = IdentityOutput().Match(principal) is { Success: true } identity ? identity.Groups["name"].Value : Variants.IsDeployer(principal) ? "deployer" : principal;
        var role = resource.At("properties", "roleDefinitionId")!.Value.GetString()!.Split('/')[^1];
        return new(who, Names.GetValueOrDefault(role, role), ScopeOf(resource.Id));
    }

    private static string ScopeOf(string id)
    {
        if (id.StartsWith("[subscriptionResourceId(", StringComparison.Ordinal)) return "subscription";
        if (id.StartsWith("[resourceId(", StringComparison.Ordinal)) return "resourceGroup";
        var path = ExtensionScope().Match(id) is { Success: true } extension ? extension.Groups["scope"].Value : RoleAssignmentSuffix().Replace(id, "");
        if (!path.Contains("/providers/", StringComparison.Ordinal)) return path.Contains("/resourceGroups/", StringComparison.Ordinal) ? "resourceGroup" : "subscription";
        var parts = path.Split("/providers/")[^1].Split('/');
        return parts[^2] == "containers" ? $"containers/{parts[^1]}" : parts[^2];
    }

    [GeneratedRegex("/providers/Microsoft.Authorization/.*")]
    private static partial Regex RoleAssignmentSuffix();

    [GeneratedRegex(@"format\('identities-.*\.outputs\.(?<name>app|trainer)\.value\.principalId\]$")]
    private static partial Regex IdentityOutput();

    [GeneratedRegex(@"^\[extensionResourceId\('(?<scope>[^']+)'")]
    private static partial Regex ExtensionScope();
}
