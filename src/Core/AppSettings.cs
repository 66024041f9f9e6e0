namespace Rlhf;

/// <summary>Every configuration key that the Functions host, its app and the training job read; a test holds the deployment to this list.
/// A key of the environment: in Azure an app setting, locally a value of <c>local.settings.json</c>.</summary>
public static class AppSettings
{
    /// <summary>The host's own storage: Durable's history, leases and queues, timers, and the inbox trigger's. A connection string (Azurite's), or in Azure the identity form of the three below.</summary>
    public const string HostStorage = "AzureWebJobsStorage";

    /// <summary>Name of the host's storage account, where the identity reaches it.</summary>
    public const string HostStorageAccount = "AzureWebJobsStorage__accountName";

    /// <summary><c>managedidentity</c>, where the identity reaches the host's storage.</summary>
    public const string HostStorageCredential = "AzureWebJobsStorage__credential";

    /// <summary>Client id of the user-assigned identity that reaches the host's storage.</summary>
    public const string HostStorageClientId = "AzureWebJobsStorage__clientId";

    /// <summary>Where blobs are: a connection string, or the account's blob address (<c>https://…blob.core.windows.net</c>) for the identity. The training job reads it too.</summary>
    public const string Storage = "RLHF_STORAGE";

    /// <summary>Where rows are: a connection string, or the account's table address. May be absent where <see cref="Storage"/> is a connection string, which then serves both.</summary>
    public const string Tables = "RLHF_TABLES";

    /// <summary>Client id of the user-assigned identity that reaches storage, jobs and models. Absent: <see cref="AzureClientId"/>, else the system's or the developer's own.</summary>
    public const string Identity = "RLHF_IDENTITY";

    /// <summary>The same as Azure.Identity reads it by itself; the training job has only this one.</summary>
    public const string AzureClientId = "AZURE_CLIENT_ID";

    /// <summary>Keys that sign invites, oldest first, the last one signs: <c>[{"id":"k1","secret":"base64 of 32 bytes"}]</c>. In Azure a Key Vault reference.</summary>
    public const string SigningKeys = "RLHF_SIGNING_KEYS";

    /// <summary>The owner's token on one machine, 16 characters at least. Never in Azure: see <see cref="Owners"/>.</summary>
    public const string OwnerToken = "RLHF_OWNER_TOKEN";

    /// <summary>In Azure: object ids of the Entra users who are owners, comma-separated. App Service authentication says who calls, and is believed only where this is set and <see cref="OwnerToken"/> is not.</summary>
    public const string Owners = "RLHF_OWNERS";

    /// <summary>Host names the app answers to, comma-separated, without ports. Absent: the platform in front sees to it.</summary>
    public const string AllowedHosts = "RLHF_ALLOWED_HOSTS";

    /// <summary>ARM resource id of the Container Apps job that trains. Absent: a child process of this host trains.</summary>
    public const string TrainerJob = "RLHF_TRAINER_JOB";

    /// <summary>On one machine: path of <c>rlhf-trainer.dll</c> or of another program that honours the job's contract. Absent: src/Trainer is built where the sources are.</summary>
    public const string Trainer = "RLHF_TRAINER";

    /// <summary>Model of a campaign that names none: <c>file:&lt;folder&gt;</c> or a blob prefix such as <c>models/support-small</c>. It answers and is tuned.</summary>
    public const string DefaultModel = "RLHF_DEFAULT_MODEL";

    /// <summary>Largest model, in megabytes, that answers within the pipeline's own process; larger ones answer in jobs. Absent: 200.</summary>
    public const string InProcessMegabytes = "RLHF_IN_PROCESS_MEGABYTES";

    /// <summary>Address of the Azure OpenAI resource whose deployments answer and are tuned.</summary>
    public const string AzureOpenAIEndpoint = "AZURE_OPENAI_ENDPOINT";

    /// <summary>ARM resource id of that Azure OpenAI account (<c>/subscriptions/…/accounts/&lt;name&gt;</c>): tuned models are deployed there, for which the identity needs
    /// "Cognitive Services OpenAI Contributor" on it. Absent: a person deploys them, and a run says which and under what name.</summary>
    public const string FineTuningAccount = "RLHF_FINE_TUNING_ACCOUNT";

    /// <summary>Key of Azure OpenAI, where no identity signs in; a generator's own goes before it (<see cref="GeneratorKey"/>). In Azure a Key Vault reference among the deployment's extra settings.</summary>
    public const string AzureOpenAIKey = "AZURE_OPENAI_API_KEY";

    /// <summary>Key of OpenAI, or of an endpoint that is compatible with it; a generator's own goes before it. In Azure as above.</summary>
    public const string OpenAIKey = "OPENAI_API_KEY";

    /// <summary>Access token of the Label Studio server of campaigns that name no setting of their own: a legacy token or a personal access token. In Azure as above.</summary>
    public const string LabelStudioToken = "RLHF_LABEL_STUDIO_TOKEN";

    /// <summary>What that server's webhooks send as <c>X-Rlhf-Webhook</c>, 16 characters at least. In Azure as above.</summary>
    public const string LabelStudioWebhookSecret = "RLHF_LABEL_STUDIO_WEBHOOK_SECRET";

    /// <summary>When the inbox is swept, as a timer's schedule: <c>0 */5 * * * *</c> (every five minutes) in Azure, where Event Grid tells of drops and the sweep repairs;
    /// <c>*/5 * * * * *</c> (every five seconds) on Azurite, where it is the only road.</summary>
    public const string InboxSweep = "RLHF_INBOX_SWEEP";

    /// <summary>Where traces, metrics and logs go in Azure.</summary>
    public const string ApplicationInsights = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    /// <summary>Where traces and metrics go elsewhere: an OTLP collector's address.</summary>
    public const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary><c>Authorization=AAD;ClientId=…</c> where Application Insights takes a token of the identity and no key; the Functions host reads it too.</summary>
    public const string ApplicationInsightsAuthentication = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

    /// <summary><c>console</c>, <c>otlp</c> or <c>none</c>, several with commas between: where traces go instead.</summary>
    public const string TracesExporter = "OTEL_TRACES_EXPORTER";

    /// <summary>The same for metrics.</summary>
    public const string MetricsExporter = "OTEL_METRICS_EXPORTER";

    /// <summary>The same for logs.</summary>
    public const string LogsExporter = "OTEL_LOGS_EXPORTER";

    /// <summary>How many traces are kept, as OpenTelemetry defines it (e.g. <c>parentbased_traceidratio</c>). Absent: all.</summary>
    public const string TracesSampler = "OTEL_TRACES_SAMPLER";

    /// <summary><c>true</c>: no telemetry, whatever else is set.</summary>
    public const string TelemetryDisabled = "OTEL_SDK_DISABLED";

    /// <summary><c>dotnet-isolated</c>; on Flex Consumption the platform knows it from the function app's runtime.</summary>
    public const string WorkerRuntime = "FUNCTIONS_WORKER_RUNTIME";

    /// <summary>The app's host name: set by the platform, and by Core Tools to this machine's own address.</summary>
    public const string PlatformHostName = "WEBSITE_HOSTNAME";

    /// <summary><c>true</c>: the dashboard is at <c>/</c>, where the host would show a page of its own.</summary>
    public const string DisableHomepage = "AzureWebJobsDisableHomepage";

    /// <summary>To the training job only: the path of its <c>job.json</c> in storage.</summary>
    public const string Job = "RLHF_JOB";

    /// <summary>Those that a deployment in Azure does not set by itself: of one machine, good as they are, of the job's start, the platform's own, or among what the deployment is given as extra settings.</summary>
    public static IReadOnlyList<string> NotInAzure { get; } =
    [
        HostStorage, OwnerToken, Trainer, OtlpEndpoint, TracesExporter, MetricsExporter, LogsExporter, TracesSampler, TelemetryDisabled, WorkerRuntime, PlatformHostName, InProcessMegabytes, Job,
        AzureOpenAIKey, OpenAIKey, LabelStudioToken, LabelStudioWebhookSecret,
    ];

    /// <summary>Key of one generator's endpoint: <c>Generators:&lt;name&gt;:Key</c>, as an environment's variable or app setting <c>Generators__&lt;name&gt;__Key</c>.</summary>
    public static string GeneratorKey(string generator) => $"Generators:{generator}:Key";
}
