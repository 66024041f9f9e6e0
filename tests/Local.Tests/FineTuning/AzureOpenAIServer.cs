using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rlhf.Local.Tests.Orchestrations;

namespace Rlhf.Local.Tests.FineTuning;

/// <summary>A server that speaks what Azure OpenAI and Resource Manager speak of files, fine-tuning jobs, deployments and chat, with their words for what goes wrong.
/// A test sets what happens; the server keeps what it was sent.</summary>
internal sealed class AzureOpenAIServer : IAsyncDisposable
{
    public const string Key = "key-5f1e9c27aa41";
    public const string Token = "token-93b0d7716c55";
    public const string Account = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/team";
    public const string BaseModel = "gpt-4.1-mini-2025-04-14";

    private readonly WebApplication app;
    private readonly Lock gate = new();
    private readonly Dictionary<string, (string Name, byte[] Content, long CreatedAt)> files = [];
    private readonly Dictionary<string, Job> jobs = [];
    private readonly Dictionary<string, (string Model, string Version, string State, JsonNode? Body)> deployments = new() { ["base"] = ("gpt-4.1-mini", "2025-04-14", "Succeeded", null) };
    private int looks;

    private AzureOpenAIServer(WebApplication app) => this.app = app;

    public Uri Address { get; private set; } = null!;

    public ConcurrentQueue<Call> Calls { get; } = new();

    /// <summary>Called before each call is served, with the serving itself; where it returns true, that was the answer.</summary>
    public Func<Call, HttpContext, Func<Task>, Task<bool>> Meet { get; set; } = (_, _, _) => Task.FromResult(false);

    /// <summary>How the job ends, once it is let go.</summary>
    public (string Status, string? Code, string? Message) End { get; set; } = ("succeeded", null, null);

    /// <summary>Held back: the job stays running.</summary>
    public bool MayEnd { get; set; } = true;

    /// <summary>Looks at a file until it is processed.</summary>
    public int FileLooks { get; set; } = 1;

    /// <summary>What a file's status ends as, and why.</summary>
    public (string Status, string? Details) FileEnd { get; set; } = ("processed", null);

    public IReadOnlyList<Job> Jobs
    {
        get
        {
            lock (gate) return [.. jobs.Values];
        }
    }

    public IReadOnlyDictionary<string, byte[]> Files
    {
        get
        {
            lock (gate) return files.Values.GroupBy(f => f.Name).ToDictionary(g => g.Key, g => g.First().Content);
        }
    }

    public IReadOnlyDictionary<string, JsonNode?> Deployments
    {
        get
        {
            lock (gate) return deployments.ToDictionary(d => d.Key, d => d.Value.Body);
        }
    }

    /// <summary>As a person does in the portal.</summary>
    public void Deploy(string name, string model)
    {
        lock (gate) deployments[name] = (model, "1", "Succeeded", null);
    }

    public static async Task<AzureOpenAIServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(k => k.Limits.MaxRequestBodySize = null);
        var server = new AzureOpenAIServer(builder.Build());
        server.app.Run(server.HandleAsync);
        await server.app.StartAsync();
        server.Address = new Uri(server.app.Urls.Single());
        return server;
    }

    public static Task RefuseAsync(HttpContext context, int status, string code, string message) =>
        WriteAsync(context, status, new() { ["error"] = new JsonObject { ["code"] = code, ["message"] = message, ["type"] = "invalid_request_error", ["param"] = null } });

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var call = new Call(context.Request.Method, context.Request.Path, context.Request.QueryString.Value ?? "", body.ToArray(), TimeProvider.System.GetUtcNow());
        Calls.Enqueue(call);
        if (await Meet(call, context, () => ServeAsync(call, context))) return;
        await ServeAsync(call, context);
    }

    private Task ServeAsync(Call call, HttpContext context)
    {
        var isArm = call.Path.StartsWith("/subscriptions/", StringComparison.Ordinal);
        var isKnown = isArm ? context.Request.Headers.Authorization == $"Bearer {Token}" : context.Request.Headers["api-key"] == Key;
        if (!isKnown) return RefuseAsync(context, 401, "401", "Access denied due to invalid subscription key or wrong API endpoint.");
        lock (gate) return isArm ? ServeDeployment(call, context) : ServeModels(call, context);
    }

    private Task ServeModels(Call call, HttpContext context) => (call.Method, call.Path.Trim('/').Split('/')) switch
    {
        ("GET", ["openai", "v1", "files"]) => List(context, call, files.Select(f => FileOf(f.Key)).Reverse()),
        ("POST", ["openai", "v1", "files"]) => Upload(context, call),
        ("GET", ["openai", "v1", "files", var id]) => files.ContainsKey(id) ? WriteAsync(context, 200, FileOf(id)) : Missing(context, "File"),
        ("GET", ["openai", "v1", "files", "file-results", "content"]) => context.Response.WriteAsync("step,train_loss,valid_loss,train_accuracy\n1,0.69,0.7,0.5\n2,0.52,0.6,0.75\n"),
        ("GET", ["openai", "v1", "fine_tuning", "jobs"]) => List(context, call, jobs.Values.Reverse().Select(j => j.ToJson())),
        ("POST", ["openai", "v1", "fine_tuning", "jobs"]) => Create(context, call.Json),
        ("GET", ["openai", "v1", "fine_tuning", "jobs", var id]) => jobs.TryGetValue(id, out var job) ? WriteAsync(context, 200, Advance(job).ToJson()) : Missing(context, "Job"),
        ("POST", ["openai", "v1", "fine_tuning", "jobs", var id, "cancel"]) => WriteAsync(context, 200, (jobs[id] = jobs[id] with { Status = "cancelled" }).ToJson()),
        ("GET", ["openai", "v1", "fine_tuning", "jobs", var id, "events"]) => List(context, call, Events(jobs[id])),
        ("POST", ["openai", "deployments", var name, "chat", "completions"]) => Answer(context, name, call.Json),
        _ => Missing(context, "Resource"),
    };

    private Task Upload(HttpContext context, Call call)
    {
        // Parts in the order they were sent: purpose, then the file.
        var text = System.Text.Encoding.Latin1.GetString(call.Body);
        var name = text[(text.IndexOf("filename=", StringComparison.Ordinal) + 9)..].Split('\r', ';')[0].Trim('"');
        var start = text.IndexOf("\r\n\r\n", text.IndexOf("filename=", StringComparison.Ordinal), StringComparison.Ordinal) + 4;
        var end = text.LastIndexOf("\r\n--", text.Length - 5, StringComparison.Ordinal);
        var id = $"file-{files.Count + 1}";
        files[id] = (name, call.Body[start..end], 1_700_000_000 + files.Count);
        return WriteAsync(context, 201, FileOf(id));
    }

    private JsonObject FileOf(string id)
    {
        var isDone = looks++ >= FileLooks;
        return new()
        {
            ["id"] = id,
            ["object"] = "file",
            ["purpose"] = "fine-tune",
            ["filename"] = files[id].Name,
            ["created_at"] = files[id].CreatedAt,
            ["bytes"] = files[id].Content.Length,
            ["status"] = isDone ? FileEnd.Status : "pending",
            ["status_details"] = isDone ? FileEnd.Details : null,
        };
    }

    private Task Create(HttpContext context, JsonNode request)
    {
        var model = request["model"]!.GetValue<string>();
        if (model != BaseModel) return RefuseAsync(context, 400, "invalidPayload", $"The specified base model '{model}' does not support fine-tuning.");
        if (!files.ContainsKey(request["training_file"]!.GetValue<string>())) return RefuseAsync(context, 400, "invalidPayload", "The training file does not exist.");
        var id = $"ftjob-{jobs.Count + 1}";
        jobs[id] = new(id, "pending", request, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        return WriteAsync(context, 201, jobs[id].ToJson());
    }

    private Job Advance(Job job)
    {
        var status = job.Status switch { "pending" => "running", "running" when MayEnd => End.Status, var same => same };
        return jobs[job.Id] = job with { Status = status, Code = status == "failed" ? End.Code : null, Message = status == "failed" ? End.Message : null };
    }

    private static IEnumerable<JsonObject> Events(Job job)
    {
        JsonObject Event(int number, string message, JsonObject? data) => new()
        {
            ["id"] = $"ftevent-{job.Id}-{number}",
            ["object"] = "fine_tuning.job.event",
            ["created_at"] = job.CreatedAt + number,
            ["level"] = "info",
            ["message"] = message,
            ["type"] = data is null ? "message" : "metrics",
            ["data"] = data,
        };
        if (job.Status is "running" or "succeeded") yield return Event(2, "Step 1: training loss=0.69", new() { ["step"] = 1, ["total_steps"] = 2, ["train_loss"] = 0.69, ["train_mean_token_accuracy"] = 0.5 });
        yield return Event(1, "Job enqueued.", null);
    }

    private Task Answer(HttpContext context, string deployment, JsonNode request)
    {
        if (!deployments.TryGetValue(deployment, out var held) || held.State != "Succeeded")
            return RefuseAsync(context, 404, "DeploymentNotFound", "The API deployment for this resource does not exist.");
        var seed = request["seed"]?.GetValue<long>() ?? 0;
        var isGood = held.Model.Contains(".ft-", StringComparison.Ordinal) || seed % 2 == 0;
        return WriteAsync(context, 200, new()
        {
            ["id"] = "chatcmpl-1",
            ["object"] = "chat.completion",
            ["created"] = 1,
            ["model"] = held.Model,
            ["choices"] = new JsonArray(new JsonObject
            {
                ["index"] = 0,
                ["finish_reason"] = "stop",
                ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = $"{(isGood ? TestGenerators.Good : TestGenerators.Bad)} ({seed % 1000})" },
            }),
            ["usage"] = new JsonObject { ["prompt_tokens"] = 7, ["completion_tokens"] = 20, ["total_tokens"] = 27 },
        });
    }

    private Task ServeDeployment(Call call, HttpContext context)
    {
        var name = call.Path[(call.Path.LastIndexOf('/') + 1)..];
        if (!call.Path.StartsWith($"{Account}/deployments/", StringComparison.Ordinal) || call.Query != "?api-version=2024-10-01") return Missing(context, "Resource");
        if (call.Method == "DELETE") return deployments.Remove(name) ? WriteAsync(context, 202, []) : Missing(context, "Deployment");
        if (call.Method == "PUT")
        {
            var model = call.Json["properties"]!["model"]!;
            deployments[name] = (model["name"]!.GetValue<string>(), model["version"]!.GetValue<string>(), "Creating", call.Json);
        }
        else if (deployments.TryGetValue(name, out var seen) && seen.State == "Creating")
        {
            deployments[name] = seen with { State = "Succeeded" };
        }
        return deployments.TryGetValue(name, out var held)
            ? WriteAsync(context, call.Method == "PUT" ? 201 : 200, new()
            {
                ["name"] = name,
                ["properties"] = new JsonObject { ["model"] = new JsonObject { ["format"] = "OpenAI", ["name"] = held.Model, ["version"] = held.Version }, ["provisioningState"] = held.State },
            })
            : Missing(context, "Deployment");
    }

    /// <summary>Two to a page, so that whoever reads the first page only misses things.</summary>
    private static Task List(HttpContext context, Call call, IEnumerable<JsonObject> items)
    {
        var after = System.Web.HttpUtility.ParseQueryString(call.Query)["after"];
        var rest = items.SkipWhile(i => after is not null && i["id"]!.GetValue<string>() != after).Skip(after is null ? 0 : 1).ToList();
        return WriteAsync(context, 200, new() { ["object"] = "list", ["data"] = new JsonArray([.. rest.Take(2)]), ["has_more"] = rest.Count > 2 });
    }

    private static Task Missing(HttpContext context, string what) => RefuseAsync(context, 404, "404", $"{what} not found");

    private static Task WriteAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString());
    }

    public sealed record Call(string Method, string Path, string Query, byte[] Body, DateTimeOffset At)
    {
        public JsonNode Json => JsonNode.Parse(Body)!;

        public bool IsJobCreation => Method == "POST" && Path.EndsWith("/fine_tuning/jobs", StringComparison.Ordinal);

        public bool IsUpload => Method == "POST" && Path.EndsWith("/files", StringComparison.Ordinal);

        public bool IsDeployment => Method == "PUT";
    }

    public sealed record Job(string Id, string Status, JsonNode Request, long CreatedAt, string? Code = null, string? Message = null)
    {
        public string TunedModel => $"{Request["model"]}.ft-{Id[6..]}-{Request["suffix"]}";

        public JsonObject ToJson() => new()
        {
            ["id"] = Id,
            ["object"] = "fine_tuning.job",
            ["status"] = Status,
            ["model"] = Request["model"]!.DeepClone(),
            ["created_at"] = CreatedAt,
            ["training_file"] = Request["training_file"]!.DeepClone(),
            ["validation_file"] = Request["validation_file"]?.DeepClone(),
            ["fine_tuned_model"] = Status == "succeeded" ? TunedModel : null,
            ["trained_tokens"] = Status == "succeeded" ? 4321 : null,
            ["result_files"] = Status == "succeeded" ? new JsonArray("file-results") : [],
            // Azure leaves metadata out and gives an empty error where there is none.
            ["metadata"] = null,
            ["error"] = Message is null ? new JsonObject() : new JsonObject { ["code"] = Code, ["message"] = Message, ["param"] = "training_file" },
        };
    }
}
