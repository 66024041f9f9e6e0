using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Rlhf.Infra.Tests.Deployments;

/// <summary>What a deployment must keep to. Each rule names what breaks it; none means it is kept.</summary>
internal static partial class DeploymentRules
{
    /// <summary>Set for the host and the platform; our code does not read them.</summary>
    public static readonly IReadOnlySet<string> PlatformSettings = new HashSet<string>
    {
        "OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID",
        "DURABLE_TASK_SCHEDULER_CONNECTION_STRING",
        "AzureFunctionsJobHost__extensions__durableTask__storageProvider__type",
        "AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName",
    };

    public static IReadOnlySet<string> ReadByCode { get; } =
        typeof(AppSettings).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!).ToHashSet();

    /// <param name="absent">Settings of parts that this deployment leaves out.</param>
    public static IEnumerable<string> Settings(Deployment deployment, params string[] absent)
    {
        var set = deployment.AppSettings();
        foreach (var name in ReadByCode.Except(AppSettings.NotInAzure).Except(absent).Where(name => !set.ContainsKey(name))) yield return $"{name} is read and not set";
        foreach (var name in set.Keys.Where(name => AppSettings.NotInAzure.Contains(name) || absent.Contains(name))) yield return $"{name} is set and must not be";
        foreach (var name in set.Keys.Except(ReadByCode).Except(PlatformSettings)) yield return $"{name} is set and read by nobody";
        foreach (var (name, value) in set.Where(each => string.IsNullOrWhiteSpace(each.Value))) yield return $"{name} is empty: '{value}'";
    }

    /// <summary>No account key can be used: switched off where a resource has them, and asked for nowhere.</summary>
    public static IEnumerable<string> Keys(Deployment deployment)
    {
        foreach (var each in KeySwitches)
            foreach (var resource in deployment.OfType(each.Type))
                if (resource.At(["properties", .. each.Path]) is not { } value || value.GetRawText() != each.Value)
                    yield return $"{resource.Name}: {string.Join('.', each.Path)} is not {each.Value}";
        foreach (var problem in KeyWords(deployment.Text)) yield return problem;
    }

    /// <summary>Words in a template or a script that ask for, or hold, an account key or a shared access signature.</summary>
    public static IEnumerable<string> KeyWords(string text) => KeyWord().Matches(text).Select(match => $"'{match.Value}' is about keys").Distinct();

    public static IEnumerable<string> Storage(Deployment deployment)
    {
        var account = deployment.Single("Microsoft.Storage/storageAccounts");
        if (account.At("properties", "minimumTlsVersion")?.GetString() is not ("TLS1_2" or "TLS1_3")) yield return "TLS below 1.2";
        if (account.At("properties", "allowBlobPublicAccess")?.ValueKind != JsonValueKind.False) yield return "public blob access";
        if (account.At("properties", "supportsHttpsTrafficOnly")?.ValueKind != JsonValueKind.True) yield return "http";
        var blobs = deployment.Single("Microsoft.Storage/storageAccounts/blobServices");
        foreach (var policy in new[] { "deleteRetentionPolicy", "containerDeleteRetentionPolicy" })
            if (blobs.At("properties", policy, "enabled")?.ValueKind != JsonValueKind.True) yield return $"no {policy}";
        var containers = deployment.OfType("Microsoft.Storage/storageAccounts/blobServices/containers").Select(each => each.Name.Split('/')[^1]);
        foreach (var missing in new[] { "inbox", "prompts", "campaigns", "runs", "models" }.Except(containers)) yield return $"no container {missing}";
    }

    public static IEnumerable<string> Job(Deployment deployment, string profile, double cores, string memory)
    {
        var job = deployment.Single("Microsoft.App/jobs");
        var configuration = job.At("properties", "configuration")!.Value;
        if (configuration.GetProperty("triggerType").GetString() != "Manual") yield return "the job starts by itself";
        if (configuration.GetProperty("replicaRetryLimit").GetInt32() != 0) yield return "the platform tries again";
        if (configuration.GetProperty("replicaTimeout").GetInt32() is < 600 or > 86_400) yield return "no sensible time-out";
        if (configuration.GetProperty("manualTriggerConfig").GetProperty("parallelism").GetInt32() != 1) yield return "more than one at a time";
        var name = job.At("properties", "workloadProfileName")!.Value.GetString();
        var type = deployment.Single("Microsoft.App/managedEnvironments").At("properties", "workloadProfiles")!.Value.EnumerateArray()
            .Where(each => each.GetProperty("name").GetString() == name).Select(each => each.GetProperty("workloadProfileType").GetString()).SingleOrDefault();
        if (type != profile) yield return $"runs on {type}, not {profile}";
        var container = job.At("properties", "template", "containers")!.Value.EnumerateArray().Single();
        var resources = container.GetProperty("resources");
        if (resources.GetProperty("cpu").GetDouble() != cores || resources.GetProperty("memory").GetString() != memory) yield return $"does not ask for {cores} cores and {memory}";
        var environment = container.GetProperty("env").EnumerateArray().Select(each => each.GetProperty("name").GetString()!).ToList();
        foreach (var missing in new[] { AppSettings.Storage, AppSettings.AzureClientId }.Except(environment)) yield return $"{missing} is not given to the job";
        foreach (var unknown in environment.Except(ReadByCode)) yield return $"{unknown} is given to the job and read by nobody";
    }

    /// <summary>Owners sign in, annotators need not, and the header with the owner's name can only come from the platform.</summary>
    public static IEnumerable<string> SignIn(Deployment deployment)
    {
        var sign = deployment.OfType("Microsoft.Web/sites/config").SingleOrDefault(each => each.Name.EndsWith("/authsettingsV2", StringComparison.Ordinal));
        if (sign?.At("properties", "platform", "enabled")?.ValueKind != JsonValueKind.True) yield return "X-MS-CLIENT-PRINCIPAL comes from anybody: authentication is off";
        if (sign?.At("properties", "globalValidation", "requireAuthentication")?.ValueKind != JsonValueKind.False
            || sign.At("properties", "globalValidation", "unauthenticatedClientAction")?.GetString() != "AllowAnonymous") yield return "annotators are turned away";
        if (sign?.At("properties", "identityProviders", "azureActiveDirectory", "enabled")?.ValueKind != JsonValueKind.True) yield return "no Entra sign-in";
        if (deployment.Single("Microsoft.Web/sites").At("properties", "httpsOnly")?.ValueKind != JsonValueKind.True) yield return "http";
    }

    /// <summary>A webhook before the code would be refused, and with it the deployment.</summary>
    public static IEnumerable<string> Events(Deployment deployment)
    {
        if (deployment.OfType("Microsoft.EventGrid/systemTopics").Count() != 1) yield return "not one topic";
        foreach (var early in deployment.Resources.Where(each => each.Type.EndsWith("/eventSubscriptions", StringComparison.OrdinalIgnoreCase))) yield return $"{early.Name} is made before the code is there";
    }

    private static readonly (string Type, string[] Path, string Value)[] KeySwitches =
    [
        ("Microsoft.Storage/storageAccounts", ["allowSharedKeyAccess"], "false"),
        ("Microsoft.CognitiveServices/accounts", ["disableLocalAuth"], "true"),
        ("Microsoft.Insights/components", ["DisableLocalAuth"], "true"),
        ("Microsoft.OperationalInsights/workspaces", ["features", "disableLocalAuth"], "true"),
        ("Microsoft.ContainerRegistry/registries", ["adminUserEnabled"], "false"),
        ("Microsoft.KeyVault/vaults", ["enableRbacAuthorization"], "true"),
        ("Microsoft.Web/sites/basicPublishingCredentialsPolicies", ["allow"], "false"),
    ];

    [GeneratedRegex(@"\blist[A-Z]\w*\(|AccountKey|SharedAccess\w+|\bsharedKey\b|[?&]sig=|DefaultEndpointsProtocol|account-key|sas-token|generate-sas|show-connection-string|storage account keys", RegexOptions.CultureInvariant)]
    private static partial Regex KeyWord();
}
