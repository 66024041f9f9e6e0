using System.Text.Json.Nodes;

namespace Rlhf.Infra.Tests.Deployments;

/// <summary>What <c>infra/main.bicep</c> would make.</summary>
[Needs(Tool.Bicep)]
public sealed class DeploymentTests
{
    [ToolTheory]
    [InlineData("main.bicep")]
    [InlineData("inbox-events.bicep")]
    public async Task Template_LintedAsErrors_HasNothingToSay(string file) => Assert.Empty(await Bicep.LintAsync(Repository.PathOf("infra", file)));

    [ToolFact]
    public async Task Roles_OfTheUsualDeployment_AreExactlyThese()
    {
        RoleAssignment[] expected =
        [
            new("app", "Storage Blob Data Owner", "storageAccounts/"),
            new("app", "Storage Queue Data Contributor", "storageAccounts/"),
            new("app", "Storage Table Data Contributor", "storageAccounts/"),
            new("app", "Monitoring Metrics Publisher", "components"),
            new("app", "Key Vault Secrets User", "vaults"),
            new("app", "Container Apps Jobs Operator", "jobs"),
            new("trainer", "Storage Blob Data Contributor", "containers/runs"),
            new("trainer", "Storage Blob Data Reader", "containers/models"),
            new("trainer", "AcrPull", "registries"),
            new("deployer", "Storage Blob Data Contributor", "containers/inbox"),
            new("deployer", "Storage Blob Data Contributor", "containers/models"),
            new("deployer", "Key Vault Secrets Officer", "vaults"),
        ];
        AssertRoles(expected.Select(each => each with { Scope = each.Scope.TrimEnd('/') }), await Variants.UsualAsync());
    }

    [ToolFact]
    public async Task Roles_OfOptionalParts_AreOnThosePartsOnly()
    {
        var usual = RoleAssignment.In(await Variants.UsualAsync());
        AssertRoles([.. usual, new("app", "Cognitive Services OpenAI Contributor", "accounts"), new("app", "Durable Task Data Contributor", "taskHubs")], await Variants.EverythingAsync());
        var withoutTrainer = usual.Where(each => each.Scope is not ("registries" or "jobs"));
        AssertRoles([.. withoutTrainer, new("app", "Cognitive Services OpenAI User", "accounts")], await Variants.LeastAsync());
    }

    [ToolFact]
    public async Task Roles_WithoutADeployer_LeaveItOut()
    {
        var deployment = await Variants.PredictAsync([.. Variants.Usual.Where(each => !each.StartsWith("param principalId", StringComparison.Ordinal)), "param owners = '44444444-4444-4444-4444-444444444444'"]);
        Assert.DoesNotContain(RoleAssignment.In(deployment), each => each.Who is not ("app" or "trainer"));
        Assert.Equal("44444444-4444-4444-4444-444444444444", deployment.AppSettings()[AppSettings.Owners]);
    }

    [ToolFact]
    public async Task Settings_OfEveryDeployment_AreTheOnesCodeReads()
    {
        Assert.Empty(DeploymentRules.Settings(await Variants.EverythingAsync()));
        Assert.Empty(DeploymentRules.Settings(await Variants.UsualAsync(), AppSettings.AzureOpenAIEndpoint, AppSettings.FineTuningAccount));
        Assert.Empty(DeploymentRules.Settings(await Variants.LeastAsync(), AppSettings.TrainerJob, AppSettings.FineTuningAccount));
    }

    [ToolFact]
    public async Task Settings_OfThisDeploymentAlone_AreThereEveryTime()
    {
        var deployment = await Variants.PredictAsync([.. Variants.Usual, "param extraSettings = { Generators__theirs__Key: '@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/theirs)', RLHF_IN_PROCESS_MEGABYTES: '500' }"]);
        var settings = deployment.AppSettings();
        Assert.Equal("@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/theirs)", settings["Generators__theirs__Key"]);
        Assert.Equal("500", settings[AppSettings.InProcessMegabytes]);
        Assert.Equal((await Variants.UsualAsync()).AppSettings().Keys.Order(StringComparer.Ordinal), settings.Keys.Except(["Generators__theirs__Key", AppSettings.InProcessMegabytes]).Order(StringComparer.Ordinal));
    }

    [ToolFact]
    public async Task Settings_FromOutside_TakeNoneOfTheDeploymentsOwnPlace()
    {
        var deployment = await Variants.PredictAsync([.. Variants.Usual, "param extraSettings = { RLHF_INBOX_SWEEP: 'from outside' }"]);
        Assert.Equal((await Variants.UsualAsync()).AppSettings()[AppSettings.InboxSweep], deployment.AppSettings()[AppSettings.InboxSweep]);
    }

    [ToolFact]
    public async Task Settings_FromOutside_AreKeptOutOfTheDeploymentsHistory()
    {
        var template = JsonNode.Parse(await Variants.TemplateAsync())!;
        Assert.Equal("secureObject", template["parameters"]!["extraSettings"]!["type"]!.GetValue<string>(), ignoreCase: true);
        var given = JsonNode.Parse(await File.ReadAllTextAsync(Repository.PathOf("infra", "main.parameters.json")))!["parameters"]!;
        Assert.Equal("${RLHF_EXTRA_SETTINGS}", given["extraSettings"]!["value"]!.GetValue<string>());
    }

    [ToolFact]
    public async Task Settings_OnTheScheduler_LieOverHostJson()
    {
        var settings = (await Variants.EverythingAsync()).AppSettings();
        Assert.Equal("azureManaged", settings["AzureFunctionsJobHost__extensions__durableTask__storageProvider__type"]);
        Assert.Contains(settings["AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName"], settings.Keys);
        Assert.DoesNotContain((await Variants.UsualAsync()).AppSettings().Keys, name => name.StartsWith("AzureFunctionsJobHost__", StringComparison.Ordinal));
    }

    [ToolFact]
    public async Task Deployment_OfEveryKind_KeepsTheRules()
    {
        foreach (var deployment in new[] { await Variants.UsualAsync(), await Variants.EverythingAsync(), await Variants.LeastAsync() })
        {
            Assert.Empty(DeploymentRules.Keys(deployment));
            Assert.Empty(DeploymentRules.Storage(deployment));
            Assert.Empty(DeploymentRules.SignIn(deployment));
            Assert.Empty(DeploymentRules.Events(deployment));
        }
    }

    [ToolFact]
    public async Task Job_OfEachKind_RunsOnceOnItsProfile()
    {
        Assert.Empty(DeploymentRules.Job(await Variants.UsualAsync(), "Consumption-GPU-NC8as-T4", 8, "56Gi"));
        Assert.Empty(DeploymentRules.Job(await Variants.EverythingAsync(), "Consumption-GPU-NC24-A100", 24, "220Gi"));
        Assert.Empty(DeploymentRules.Job(await Variants.PredictAsync([.. Variants.Usual, "param trainer = 'cpu'"]), "Consumption", 4, "8Gi"));
        Assert.Empty((await Variants.LeastAsync()).OfType("Microsoft.App/jobs"));
    }

    [ToolFact]
    public async Task App_OnFlexConsumption_RunsDotnet10FromItsContainer()
    {
        var app = (await Variants.EverythingAsync()).Single("Microsoft.Web/sites");
        Assert.Equal("""{"name":"dotnet-isolated","version":"10.0"}""", Compact(app.At("properties", "functionAppConfig", "runtime")));
        Assert.Equal("""[{"name":"http","instanceCount":1}]""", Compact(app.At("properties", "functionAppConfig", "scaleAndConcurrency", "alwaysReady")));
        Assert.Equal("UserAssignedIdentity", app.At("properties", "functionAppConfig", "deployment", "storage", "authentication", "type")?.GetString());
        Assert.Equal("app", app.At("tags", "azd-service-name")?.GetString());
    }

    [ToolFact]
    public async Task Parameters_OfTheTemplates_AreDescribedAndLimited()
    {
        string[] templates = [await Variants.TemplateAsync(), await Bicep.BuildAsync(Repository.PathOf("infra", "inbox-events.bicep"))];
        foreach (var (name, parameter) in templates.SelectMany(template => JsonNode.Parse(template)!["parameters"]!.AsObject()))
        {
            Assert.True(parameter!["metadata"]?["description"]?.GetValue<string>() is { Length: > 10 }, $"{name} has no description.");
            if (parameter["type"]?.GetValue<string>() == "int" && parameter["allowedValues"] is null)
                Assert.True(parameter["minValue"] is not null && parameter["maxValue"] is not null, $"{name} has no limits.");
        }
    }

    [ToolFact]
    public async Task Parameter_OutsideItsLimits_IsRefused()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Variants.PredictAsync([.. Variants.Usual, "param trainer = 'h100'", "param trainerTimeoutMinutes = 5"]));
        Assert.Contains("'t4'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("10", refused.Message, StringComparison.Ordinal);
    }

    [ToolFact]
    public async Task ParametersFile_OfAzd_GivesWhatTheTemplateAsksFor()
    {
        var template = JsonNode.Parse(await Variants.TemplateAsync())!["parameters"]!.AsObject();
        var given = JsonNode.Parse(await File.ReadAllTextAsync(Repository.PathOf("infra", "main.parameters.json")))!["parameters"]!.AsObject();
        Assert.Empty(given.Select(each => each.Key).Except(template.Select(each => each.Key)));
        var required = template.Where(each => each.Value!["defaultValue"] is null && each.Value["nullable"] is null).Select(each => each.Key);
        Assert.Empty(required.Except(given.Select(each => each.Key)));
    }

    [ToolFact]
    public async Task InboxEvents_OfTheInboxOnly_WithASecureKey()
    {
        var text = await Bicep.BuildAsync(Repository.PathOf("infra", "inbox-events.bicep"));
        var template = JsonNode.Parse(text)!;
        Assert.Equal("securestring", template["parameters"]!["blobsExtensionKey"]!["type"]!.GetValue<string>(), ignoreCase: true);
        Assert.Contains("/blobServices/default/containers/inbox/", text, StringComparison.Ordinal);
        Assert.Contains("Microsoft.Storage.BlobCreated", text, StringComparison.Ordinal);
        Assert.Empty(DeploymentRules.KeyWords(text));
    }

    [ToolFact]
    public void Sources_OfTheDeployment_AskForNoKey()
    {
        var files = Directory.EnumerateFiles(Repository.PathOf("infra"), "*", SearchOption.AllDirectories).Append(Repository.PathOf("azure.yaml"));
        Assert.All(files, file => Assert.Empty(DeploymentRules.KeyWords(WithoutSwitches(File.ReadAllText(file)))));
    }

    // The line that switches keys off speaks of them too.
    private static string WithoutSwitches(string text) => text.Replace("allowSharedKeyAccess: false", "", StringComparison.Ordinal);

    private static string Compact(System.Text.Json.JsonElement? json) => JsonNode.Parse(json!.Value.GetRawText())!.ToJsonString();

    private static void AssertRoles(IEnumerable<RoleAssignment> expected, Deployment deployment) =>
        Assert.Equal(expected.Select(each => each.ToString()).Order(StringComparer.Ordinal), RoleAssignment.In(deployment).Select(each => each.ToString()).Order(StringComparer.Ordinal));
}
