using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Azure.Core.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rlhf.Core.Tests.Training.Launching.ContainerApps;

/// <summary>A server that speaks the calls on a Container Apps job as their REST specification has them, over TLS, since Azure's clients send tokens no other way.</summary>
internal sealed class ArmServer : IAsyncDisposable
{
    public const string Job = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rlhf/providers/Microsoft.App/jobs/trainer";

    /// <summary>Executions that the service keeps.</summary>
    private const int Kept = 100;

    private readonly WebApplication app;
    private readonly X509Certificate2 certificate;
    private readonly Lock gate = new();
    private readonly List<JsonObject> executions = [];
    private readonly Dictionary<string, Func<int, HttpContext, Task<bool>>> troubles = [];
    private readonly Dictionary<string, int> counts = [];
    private int number;

    private ArmServer(WebApplication app, X509Certificate2 certificate) => (this.app, this.certificate) = (app, certificate);

    public Uri Address { get; private set; } = null!;

    /// <summary>Method and path of every call, without the job's id.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>Authorization headers seen.</summary>
    public HashSet<string> Tokens { get; } = [];

    public int PageSize { get; set; } = 20;

    /// <summary>Polls that an accepted start answers 202 before it names the execution; null: it answers 200 at once.</summary>
    public int? PollsBeforeName { get; set; }

    /// <summary>What those polls ask to wait for.</summary>
    public string PollsRetryAfter { get; set; } = "0";

    /// <summary>Whether an execution that is told to stop has ended by the next call; an image that ignores signals takes its time.</summary>
    public bool StopsAtOnce { get; set; } = true;

    public JsonObject Template { get; } = (JsonObject)JsonNode.Parse("""
        {
          "containers": [{
            "name": "trainer", "image": "registry.azurecr.io/rlhf-trainer@sha256:0123", "args": ["job"],
            "env": [{"name": "RLHF_STORAGE", "value": "https://account.blob.core.windows.net"}, {"name": "AZURE_CLIENT_ID", "value": "the-identity"}, {"name": "EXTRA", "secretRef": "extra"},
                    {"name": "RLHF_JOB", "value": "runs/none/job.json"}],
            "resources": {"cpu": 8, "memory": "56Gi", "ephemeralStorage": "8Gi"},
            "volumeMounts": [{"volumeName": "scratch", "mountPath": "/scratch"}]
          }],
          "initContainers": [{"name": "warm", "image": "registry.azurecr.io/warm:1", "resources": {"cpu": 0.5, "memory": "1Gi"}}],
          "volumes": [{"name": "scratch", "storageType": "EmptyDir"}]
        }
        """)!;

    public IReadOnlyList<JsonObject> Executions
    {
        get
        {
            lock (gate) return [.. executions];
        }
    }

    public static async Task<ArmServer> StartAsync()
    {
        var certificate = SelfSigned();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var server = new ArmServer(builder.Build(), certificate);
        server.Map();
        await server.app.StartAsync();
        server.Address = new Uri(server.app.Urls.Single());
        return server;
    }

    /// <summary>Trusts this server's certificate and no other.</summary>
    public HttpPipelineTransport Transport() => new HttpClientTransport(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, sent, _, _) => sent?.GetCertHashString() == certificate.GetCertHashString() },
    });

    /// <summary>Interferes with a call. The trouble gets the call's number from 0 and says whether it has answered.</summary>
    /// <param name="call">E.g. <c>POST /start</c>.</param>
    public void Interfere(string call, Func<int, HttpContext, Task<bool>> trouble) => troubles[call] = trouble;

    public static async Task<bool> RefuseAsync(HttpContext context, int status, string code, string message, string? retryAfter = null)
    {
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        await WriteAsync(context, status, new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message } });
        return true;
    }

    /// <summary>An execution for a run, as if started earlier.</summary>
    public string Add(string run, string status = "Running", DateTimeOffset? startedAt = null)
    {
        var template = new JsonObject
        {
            ["containers"] = new JsonArray(new JsonObject { ["env"] = new JsonArray(new JsonObject { ["name"] = "RLHF_JOB", ["value"] = $"runs/{run}/job.json" }) }),
        };
        return Add(template, status, startedAt);
    }

    public void Set(string execution, string status)
    {
        lock (gate) Find(execution)!["properties"]!["status"] = status;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        certificate.Dispose();
    }

    private string Add(JsonObject template, string status, DateTimeOffset? startedAt)
    {
        lock (gate)
        {
            var name = $"trainer-{number++:x7}";
            executions.Insert(0, new JsonObject
            {
                ["id"] = $"{Job}/executions/{name}",
                ["name"] = name,
                ["type"] = "Microsoft.App/jobs/executions",
                ["properties"] = new JsonObject { ["status"] = status, ["startTime"] = startedAt ?? DateTimeOffset.UtcNow, ["template"] = template.DeepClone() },
            });
            if (executions.Count > Kept) executions.RemoveAt(Kept);
            return name;
        }
    }

    private void Map()
    {
        app.Use(async (context, next) =>
        {
            var call = $"{context.Request.Method} {context.Request.Path.Value!.Replace(Job, "", StringComparison.Ordinal)}";
            int seen;
            Func<int, HttpContext, Task<bool>>? trouble;
            lock (gate)
            {
                Calls.Add(call);
                Tokens.Add(context.Request.Headers.Authorization.ToString());
                seen = counts[call] = counts.GetValueOrDefault(call, -1) + 1;
                trouble = troubles.GetValueOrDefault(call);
            }
            if (!context.Request.Query.ContainsKey("api-version")) await RefuseAsync(context, 400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.");
            else if (trouble is null || !await trouble(seen, context)) await next(context);
        });
        app.MapGet(Job, context => WriteAsync(context, 200, new JsonObject
        {
            ["id"] = Job,
            ["name"] = "trainer",
            ["properties"] = new JsonObject
            {
                ["provisioningState"] = "Succeeded",
                ["configuration"] = new JsonObject { ["triggerType"] = "Manual", ["replicaTimeout"] = 3600, ["replicaRetryLimit"] = 0 },
                ["template"] = Template.DeepClone(),
            },
        }));
        app.MapGet(Job + "/executions", ListAsync);
        app.MapGet(Job + "/executions/{name}", (HttpContext context, string name) => Find(name) is { } found
            ? WriteAsync(context, 200, found) : RefuseAsync(context, 404, "JobExecutionNotFound", $"Job execution '{name}' was not found."));
        app.MapPost(Job + "/start", StartAsync);
        app.MapGet("/operations/{name}", PollAsync);
        app.MapPost(Job + "/executions/{name}/stop", StopAsync);
    }

    private Task ListAsync(HttpContext context)
    {
        var skip = int.Parse(context.Request.Query["$skiptoken"].FirstOrDefault() ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        var all = Executions;
        return WriteAsync(context, 200, new JsonObject
        {
            ["value"] = new JsonArray([.. all.Skip(skip).Take(PageSize).Select(e => e.DeepClone())]),
            ["nextLink"] = skip + PageSize < all.Count ? $"{Address}{Job[1..]}/executions?api-version=2025-07-01&$skiptoken={skip + PageSize}" : null,
        });
    }

    private async Task StartAsync(HttpContext context)
    {
        var template = (JsonObject)(await JsonNode.ParseAsync(context.Request.Body))!;
        var name = Add(template, "Running", null);
        if (PollsBeforeName is null)
        {
            await WriteAsync(context, 200, new JsonObject { ["id"] = $"{Job}/executions/{name}", ["name"] = name });
            return;
        }
        context.Response.StatusCode = 202;
        context.Response.Headers.Location = $"{Address}operations/{name}?api-version=2025-07-01";
        context.Response.Headers.RetryAfter = "0";
    }

    private Task PollAsync(HttpContext context, string name)
    {
        if (PollsBeforeName-- > 0)
        {
            context.Response.StatusCode = 202;
            context.Response.Headers.RetryAfter = PollsRetryAfter;
            return Task.CompletedTask;
        }
        return WriteAsync(context, 200, new JsonObject { ["id"] = $"{Job}/executions/{name}", ["name"] = name });
    }

    private Task StopAsync(HttpContext context, string name)
    {
        // What the service says here of one it does not know.
        if (Find(name) is not { } found) return WriteAsync(context, 400, JsonValue.Create($$"""Reason: Not Found. Body: {"error":"Requested job execution {{name}} not found","success":false}"""));
        if ((string?)found["properties"]!["status"] is "Succeeded" or "Failed" or "Stopped") return RefuseAsync(context, 409, "JobExecutionAlreadyTerminated", $"Job execution '{name}' has ended.");
        if (StopsAtOnce) Set(name, "Stopped");
        context.Response.StatusCode = 202;
        return Task.CompletedTask;
    }

    private JsonObject? Find(string name) => Executions.FirstOrDefault(e => (string?)e["name"] == name);

    private static Task WriteAsync(HttpContext context, int status, JsonNode body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString());
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
