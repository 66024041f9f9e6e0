using System.Text.Json;

namespace Rlhf.Infra.Tests.Deployments;

/// <summary>Each rule fails where a copy of the deployment breaks it.</summary>
[Needs(Tool.Bicep)]
public sealed class MutationTests
{
    private const string Storage = "modules/storage.bicep";

    [ToolTheory]
    [InlineData("\"allowSharedKeyAccess\": false", "\"allowSharedKeyAccess\": true", "allowSharedKeyAccess is not false")]
    [InlineData("\"allowBlobPublicAccess\": false", "\"allowBlobPublicAccess\": true", "public blob access")]
    [InlineData("\"minimumTlsVersion\": \"TLS1_2\"", "\"minimumTlsVersion\": \"TLS1_0\"", "TLS below 1.2")]
    [InlineData("/default/campaigns\"", "/default/campagnes\"", "no container campaigns")]
    [InlineData("\"DisableLocalAuth\": true", "\"DisableLocalAuth\": false", "DisableLocalAuth is not true")]
    [InlineData("\"adminUserEnabled\": false", "\"adminUserEnabled\": true", "adminUserEnabled is not false")]
    [InlineData("\"parallelism\": 1", "\"parallelism\": 2", "more than one at a time")]
    [InlineData("\"replicaTimeout\": 21600", "\"replicaTimeout\": 0", "no sensible time-out")]
    [InlineData("\"workloadProfileType\": \"Consumption-GPU-NC8as-T4\"", "\"workloadProfileType\": \"D8\"", "runs on D8")]
    [InlineData("\"memory\": \"56Gi\"", "\"memory\": \"28Gi\"", "does not ask for 8 cores")]
    [InlineData("\"name\": \"RLHF_STORAGE\"", "\"name\": \"RLHF_STORE\"", "RLHF_STORAGE is not given to the job")]
    [InlineData("\"RLHF_TABLES\":", "\"RLHF_TABELS\":", "RLHF_TABLES is read and not set")]
    [InlineData("\"RLHF_DEFAULT_MODEL\":", "\"RLHF_LEFTOVER\": \"x\", \"RLHF_DEFAULT_MODEL\":", "RLHF_LEFTOVER is set and read by nobody")]
    [InlineData("\"RLHF_DEFAULT_MODEL\":", "\"RLHF_OWNER_TOKEN\": \"x\", \"RLHF_DEFAULT_MODEL\":", "RLHF_OWNER_TOKEN is set and must not be")]
    [InlineData("\"models/support-small\"", "\"\"", "RLHF_DEFAULT_MODEL is empty")]
    [InlineData("\"platform\": {\n          \"enabled\": true", "\"platform\": {\n          \"enabled\": false", "authentication is off")]
    [InlineData("\"requireAuthentication\": false", "\"requireAuthentication\": true", "annotators are turned away")]
    [InlineData("\"managedidentity\"", "\"[listKeys('x', '2024-01-01').keys[0].value]\"", "is about keys")]
    public async Task Rules_OnAMutatedDeployment_NameWhatIsBroken(string from, string to, string problem)
    {
        var text = (await Variants.UsualAsync()).Text;
        Assert.Contains(from, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Problems(await Variants.UsualAsync()), each => each.Contains(problem, StringComparison.Ordinal));
        var mutated = new Deployment(JsonDocument.Parse(text.Replace(from, to, StringComparison.Ordinal)));
        Assert.Contains(Problems(mutated), each => each.Contains(problem, StringComparison.Ordinal));
    }

    [ToolFact]
    public async Task Sources_Mutated_AreSeenAsTheyAre()
    {
        using var copy = Repository.CopyInfra();
        Mutate(copy.Path, "modules/trainer.bicep", "replicaRetryLimit: 0", "replicaRetryLimit: 3");
        Mutate(copy.Path, Storage, "allowSharedKeyAccess: false", "allowSharedKeyAccess: true");
        Mutate(copy.Path, Storage, "scope: containers[3]\n", "scope: account\n");
        Mutate(copy.Path, Storage, "resource appTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  scope: account\n", "resource appTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n");
        Mutate(copy.Path, Storage, "@description('Name of the account.')\noutput name", """
            resource early 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
              parent: topic
              name: 'early'
              properties: { destination: { endpointType: 'StorageQueue', properties: { queueName: 'x', resourceId: account.id } } }
            }

            @description('Name of the account.')
            output name
            """);
        var deployment = await Bicep.PredictAsync(copy.Path, Variants.Usual);
        var problems = Problems(deployment);
        Assert.Contains("the platform tries again", problems);
        Assert.Contains(problems, each => each.EndsWith("allowSharedKeyAccess is not false", StringComparison.Ordinal));
        Assert.Contains(problems, each => each.EndsWith("is made before the code is there", StringComparison.Ordinal));
        Assert.Contains(new RoleAssignment("trainer", "Storage Blob Data Contributor", "storageAccounts"), RoleAssignment.In(deployment));
        Assert.Contains(new RoleAssignment("app", "Storage Table Data Contributor", "resourceGroup"), RoleAssignment.In(deployment));
    }

    [ToolFact]
    public async Task Lint_OfACopyThatWouldOnlyWarn_HasSomethingToSay()
    {
        using var copy = Repository.CopyInfra();
        Mutate(copy.Path, Storage, "var packageContainer = 'app-package'", "var unused = 'x'\nvar packageContainer = 'app-package'");
        Assert.Contains(await Bicep.LintAsync(Path.Combine(copy.Path, Storage)), each => each.StartsWith("no-unused-vars", StringComparison.Ordinal));
    }

    [ToolTheory]
    [InlineData("value: account.listKeys().keys[0].value")]
    [InlineData("[listKeys(resourceId('x'), '2024-01-01')]")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=b")]
    [InlineData("https://a.blob.core.windows.net/c?sv=1&sig=abc")]
    [InlineData("az storage account keys list --account-name a")]
    [InlineData("az storage container generate-sas")]
    public void KeyWords_WhereAKeyIsUsed_AreFound(string text) => Assert.NotEmpty(DeploymentRules.KeyWords(text));

    private static List<string> Problems(Deployment deployment) =>
    [
        .. DeploymentRules.Keys(deployment),
        .. DeploymentRules.Storage(deployment),
        .. DeploymentRules.SignIn(deployment),
        .. DeploymentRules.Events(deployment),
        .. DeploymentRules.Job(deployment, "Consumption-GPU-NC8as-T4", 8, "56Gi"),
        .. DeploymentRules.Settings(deployment, AppSettings.AzureOpenAIEndpoint, AppSettings.FineTuningAccount),
    ];

    private static void Mutate(string folder, string file, string from, string to)
    {
        var path = Path.Combine(folder, file);
        var text = File.ReadAllText(path);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
    }
}
