using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rlhf.LabelStudio.Templates;

namespace Rlhf.Local.Tests.LabelStudio;

/// <summary>A server that speaks what is used of Label Studio's API (projects, import, tasks with paging, tokens), with its words for what goes wrong. A test sets what happens; the server keeps what it was sent.</summary>
internal sealed class LabelStudioServer : IAsyncDisposable
{
    public const string Token = "legacy-token-0f2a71c9b3d8";
    public const int Project = 7;

    private readonly WebApplication app;
    private readonly Lock gate = new();
    private readonly SortedDictionary<long, JsonObject> tasks = [];
    private readonly Dictionary<long, SortedDictionary<long, JsonObject>> annotations = [];
    private long lastTask = 100;
    private long lastAnnotation = 1000;

    private LabelStudioServer(WebApplication app) => this.app = app;

    public Uri Address { get; private set; } = null!;

    public string Template { get; set; } = DefaultTemplates.Pair;

    /// <summary>Path and <c>Authorization</c> of each call.</summary>
    public ConcurrentQueue<(string Call, string Authorization)> Calls { get; } = new();

    /// <summary>Called before each call is served; true: it was the answer.</summary>
    public Func<HttpContext, string, Task<bool>> Meet { get; set; } = (_, _) => Task.FromResult(false);

    /// <summary>Calls that are carried out and whose answer gets lost.</summary>
    public Func<string, bool> LosesAnswer { get; set; } = _ => false;

    /// <summary>Other editions import in the background and give no numbers.</summary>
    public bool GivesNumbers { get; set; } = true;

    /// <summary>Whether a page says how many tasks there are.</summary>
    public bool GivesTotal { get; set; } = true;

    /// <summary>Page size the server allows at most.</summary>
    public int LargestPage { get; set; } = 100;

    /// <summary>What a personal access token is changed for.</summary>
    public string? AccessToken { get; set; }

    public IReadOnlyList<JsonObject> Tasks
    {
        get
        {
            lock (gate) return [.. tasks.Values.Select(t => t.DeepClone().AsObject())];
        }
    }

    public static async Task<LabelStudioServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = new LabelStudioServer(builder.Build());
        server.app.Run(server.ServeAsync);
        await server.app.StartAsync();
        server.Address = new(server.app.Urls.First());
        return server;
    }

    /// <summary>Somebody annotates a task: the annotation as the API and webhooks have it.</summary>
    /// <param name="selected">left or right; null leaves the result empty.</param>
    public JsonObject Annotate(long task, int user, string? selected, bool cancelled = false, DateTimeOffset? at = null, params JsonObject[] more)
    {
        var result = new JsonArray([.. more.Select(m => (JsonNode)m)]);
        if (selected is not null) result.Insert(0, Item("comparison", "comparison", "pairwise", new() { ["selected"] = selected }));
        lock (gate)
        {
            var id = ++lastAnnotation;
            var annotation = new JsonObject
            {
                ["id"] = id,
                ["completed_by"] = user,
                ["result"] = result,
                ["was_cancelled"] = cancelled,
                ["ground_truth"] = false,
                ["lead_time"] = 12.5,
                ["created_at"] = Text(at),
                ["updated_at"] = Text(at),
                ["task"] = task,
                ["project"] = Project,
            };
            annotations[task][id] = annotation;
            return annotation.DeepClone().AsObject();
        }
    }

    public JsonObject Change(long annotation, string? selected, DateTimeOffset at)
    {
        lock (gate)
        {
            var found = annotations.Values.Select(a => a.GetValueOrDefault(annotation)).First(a => a is not null)!;
            found["result"] = selected is null ? [] : new JsonArray(Item("comparison", "comparison", "pairwise", new() { ["selected"] = selected }));
            found["updated_at"] = Text(at);
            return found.DeepClone().AsObject();
        }
    }

    public void Delete(long annotation)
    {
        lock (gate)
            foreach (var of in annotations.Values) of.Remove(annotation);
    }

    public static JsonObject Item(string from, string to, string type, JsonObject value) => new() { ["id"] = from + "1", ["from_name"] = from, ["to_name"] = to, ["type"] = type, ["value"] = value };

    /// <summary>The body of a webhook about an annotation.</summary>
    public static JsonObject Message(string action, JsonObject annotation) => action == "ANNOTATIONS_DELETED"
        ? new() { ["action"] = action, ["annotations"] = new JsonArray(new JsonObject { ["id"] = annotation["id"]!.GetValue<long>() }), ["project"] = new JsonObject { ["id"] = Project } }
        : new() { ["action"] = action, ["annotation"] = annotation.DeepClone(), ["task"] = new JsonObject { ["id"] = annotation["task"]!.GetValue<long>() }, ["project"] = new JsonObject { ["id"] = Project } };

    /// <summary>A JWT as Label Studio makes them; nobody here checks its signature.</summary>
    public static string Jwt(string kind, DateTimeOffset expires) =>
        $"{Base64("{\"alg\":\"HS256\"}")}.{Base64($"{{\"token_type\":\"{kind}\",\"exp\":{expires.ToUnixTimeSeconds()}}}")}.c2lnbmF0dXJl";

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task ServeAsync(HttpContext http)
    {
        var call = $"{http.Request.Method} {http.Request.Path}";
        var authorization = http.Request.Headers.Authorization.ToString();
        Calls.Enqueue((call, authorization));
        if (await Meet(http, call)) return;
        if (LosesAnswer(call))
        {
            http.Response.Body = Stream.Null;
            await AnswerAsync(http, call, authorization);
            http.Abort();
            return;
        }
        await AnswerAsync(http, call, authorization);
    }

    private async Task AnswerAsync(HttpContext http, string call, string authorization)
    {
        if (call == "POST /api/token/refresh/") await AnswerAsync(http, AccessToken is null ? 401 : 200, new JsonObject { ["access"] = AccessToken });
        else if (authorization != $"Token {Token}" && (AccessToken is null || authorization != $"Bearer {AccessToken}")) await AnswerAsync(http, 401, new JsonObject { ["detail"] = "Invalid token." });
        else if (call == $"GET /api/projects/{Project}/") await AnswerAsync(http, 200, new JsonObject { ["id"] = Project, ["label_config"] = Template });
        else if (call == $"POST /api/projects/{Project}/import") await ImportAsync(http);
        else if (call == "GET /api/tasks/") await ListAsync(http);
        else if (call.StartsWith("GET /api/tasks/", StringComparison.Ordinal) && long.TryParse(call["GET /api/tasks/".Length..].TrimEnd('/'), out var task)) await TaskAsync(http, task);
        else await AnswerAsync(http, 404, new JsonObject { ["detail"] = "Not found." });
    }

    private async Task ImportAsync(HttpContext http)
    {
        var sent = (await JsonSerializer.DeserializeAsync<JsonArray>(http.Request.Body))!;
        if (sent.Select((task, i) => TaskValidation.Problem(Template, task!["data"]!.AsObject(), i)).FirstOrDefault(p => p is not null) is { } problem)
        {
            await AnswerAsync(http, 400, new JsonObject { ["detail"] = "Validation error", ["validation_errors"] = new JsonObject { ["non_field_errors"] = new JsonArray(problem) } });
            return;
        }
        var numbers = new List<long>();
        lock (gate)
        {
            foreach (var task in sent)
            {
                var number = ++lastTask;
                tasks[number] = new() { ["id"] = number, ["data"] = task!["data"]!.DeepClone(), ["project"] = Project };
                annotations[number] = [];
                numbers.Add(number);
            }
        }
        var answer = GivesNumbers ? new JsonObject { ["task_count"] = numbers.Count, ["task_ids"] = new JsonArray([.. numbers.Select(n => (JsonNode)n)]) } : new JsonObject { ["import"] = 5 };
        await AnswerAsync(http, 201, answer);
    }

    private Task ListAsync(HttpContext http)
    {
        var (page, size) = (Number(http, "page"), Math.Min(Number(http, "page_size"), LargestPage));
        lock (gate)
        {
            var some = tasks.Values.Skip((page - 1) * size).Take(size).ToList();
            if (some.Count == 0 && page > 1) return AnswerAsync(http, 404, new JsonObject { ["detail"] = "Invalid page." });
            var answer = new JsonObject { ["tasks"] = new JsonArray([.. some.Select(t => t.DeepClone())]) };
            if (GivesTotal) answer["total"] = tasks.Count;
            return AnswerAsync(http, 200, answer);
        }
    }

    private Task TaskAsync(HttpContext http, long number)
    {
        lock (gate)
        {
            if (!tasks.TryGetValue(number, out var task)) return AnswerAsync(http, 404, new JsonObject { ["detail"] = "Not found." });
            var whole = task.DeepClone().AsObject();
            whole["annotations"] = new JsonArray([.. annotations[number].Values.Select(a => a.DeepClone())]);
            return AnswerAsync(http, 200, whole);
        }
    }

    private static Task AnswerAsync(HttpContext http, int status, JsonNode body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(body.ToJsonString());
    }

    private static int Number(HttpContext http, string name) => int.Parse(http.Request.Query[name].ToString(), CultureInfo.InvariantCulture);

    private static string Text(DateTimeOffset? at) => (at ?? new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero)).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    private static string Base64(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
