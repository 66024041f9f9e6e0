using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rlhf.LabelStudio.Server;

/// <summary>The calls of Label Studio's API that are needed: https://api.labelstud.io.</summary>
/// <remarks>What only reads is repeated with growing waits, or as long as <c>Retry-After</c> says. An import is repeated only where the server says that it did nothing; otherwise whoever imports looks for what came of it.</remarks>
internal sealed class StudioClient(HttpClient http, StudioCredentials credentials, int project, TimeProvider time)
{
    private const int Attempts = 5;
    private const int PageSize = 100;

    /// <summary>How long a call may take, its repetitions with it: a batch's look waits for it, and there is another look soon.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>After which what only reads is tried again: a connection may hang and the next one not.</summary>
    private static readonly TimeSpan AttemptTakes = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    /// <summary>The project's template.</summary>
    public async Task<string> GetTemplateAsync(CancellationToken cancellation)
    {
        var path = $"api/projects/{Number(project)}/";
        return (await ReadAsync(path, cancellation)).TryGetProperty("label_config", out var config) && config.ValueKind is JsonValueKind.String or JsonValueKind.Null
            ? config.GetString() ?? "" : throw StudioErrors.Unexpected(path, "has no label_config");
    }

    /// <returns>The new tasks' numbers in order; null where the server does not say (it imports in the background).</returns>
    public async Task<IReadOnlyList<long>?> ImportAsync(JsonArray tasks, CancellationToken cancellation)
    {
        var answer = await SendAsync(HttpMethod.Post, $"api/projects/{Number(project)}/import?return_task_ids=true", tasks.ToJsonString(), isRepeatable: false, cancellation);
        if (!answer.TryGetProperty("task_ids", out var ids) || ids.ValueKind != JsonValueKind.Array || ids.GetArrayLength() != tasks.Count) return null;
        var numbers = ids.EnumerateArray().Select(i => i.ValueKind == JsonValueKind.Number && i.TryGetInt64(out var number) ? number : (long?)null).ToList();
        return numbers.Contains(null) ? null : [.. numbers.Select(n => n!.Value)];
    }

    /// <summary>All tasks of the project, without annotations. How many a page has is the server's to say: it may allow fewer than it is asked for.</summary>
    public async IAsyncEnumerable<JsonElement> ListTasksAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var seen = new HashSet<long>();
        for (var page = 1; ; page++)
        {
            if (await FindPageAsync(page, cancellation) is not { } answer) yield break;
            var before = seen.Count;
            foreach (var task in answer.GetProperty("tasks").EnumerateArray())
                if (AnnotationMessage.Number(task, "id") is { } number && seen.Add(number)) yield return task;
            // A server that does not know pages gives the same one again.
            if (seen.Count == before || AnnotationMessage.Number(answer, "total") <= seen.Count) yield break;
        }
    }

    /// <summary>A task with its annotations; null where it has been deleted there.</summary>
    public async Task<JsonElement?> FindTaskAsync(long task, CancellationToken cancellation)
    {
        try
        {
            return await ReadAsync($"api/tasks/{Number(task)}/", cancellation);
        }
        catch (RlhfException e) when (e.Code == "label-studio-not-found")
        {
            return null;
        }
    }

    /// <summary>An object with an array <c>tasks</c>; null for a page behind the last one.</summary>
    private async Task<JsonElement?> FindPageAsync(int page, CancellationToken cancellation)
    {
        var path = $"api/tasks/?project={Number(project)}&page={Number(page)}&page_size={Number(PageSize)}";
        try
        {
            var answer = await ReadAsync(path, cancellation);
            return answer.TryGetProperty("tasks", out var tasks) && tasks.ValueKind == JsonValueKind.Array ? answer : throw StudioErrors.Unexpected(path, "has no tasks");
        }
        catch (RlhfException e) when (page > 1 && e.Code == "label-studio-not-found")
        {
            return null;
        }
    }

    private Task<JsonElement> ReadAsync(string path, CancellationToken cancellation) => SendAsync(HttpMethod.Get, path, null, isRepeatable: true, cancellation);

    /// <returns>An object.</returns>
    private async Task<JsonElement> SendAsync(HttpMethod method, string path, string? body, bool isRepeatable, CancellationToken cancellation)
    {
        var until = time.GetUtcNow() + Patience;
        for (var (attempt, isFresh) = (1, false); ; attempt++)
        {
            TimeSpan wait;
            try
            {
                using var limit = new CancellationTokenSource(LimitOf(until, isRepeatable), time);
                using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
                using var response = await SendOnceAsync(method, path, body, linked.Token);
                if (response.IsSuccessStatusCode) return await ReadAsync(response, path, linked.Token);
                if (response.StatusCode == HttpStatusCode.Unauthorized && !isFresh)
                {
                    // A short-lived token may have been revoked before its time.
                    credentials.Forget();
                    isFresh = true;
                    continue;
                }
                var failure = StudioErrors.Of(response.StatusCode, path);
                wait = WaitOf(response.Headers.RetryAfter, attempt);
                if (!failure.IsTransient || attempt >= Attempts || time.GetUtcNow() + wait >= until || !(isRepeatable || response.StatusCode == HttpStatusCode.TooManyRequests)) throw failure;
            }
            catch (Exception e) when (e is HttpRequestException or JsonException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                var failure = StudioErrors.Away(e is OperationCanceledException ? "does not answer" : $"can't be reached or does not answer in its own way ({e.Message.TrimEnd('.')})", e);
                wait = WaitOf(null, attempt);
                if (!isRepeatable || attempt >= Attempts || time.GetUtcNow() + wait >= until) throw failure;
            }
            await Task.Delay(wait, time, cancellation);
        }
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, string path, CancellationToken cancellation)
    {
        var answer = await JsonSerializer.DeserializeAsync<JsonElement>(await response.Content.ReadAsStreamAsync(cancellation), cancellationToken: cancellation);
        return answer.ValueKind == JsonValueKind.Object ? answer : throw StudioErrors.Unexpected(path, $"is a JSON {answer.ValueKind.ToString().ToLowerInvariant()} and not an object");
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpMethod method, string path, string? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, new MediaTypeHeaderValue("application/json", "utf-8")) };
        request.Headers.Authorization = await credentials.GetAsync(http, cancellation);
        return await http.SendAsync(request, cancellation);
    }

    private TimeSpan LimitOf(DateTimeOffset until, bool isRepeatable)
    {
        var left = until - time.GetUtcNow();
        return isRepeatable && left > AttemptTakes ? AttemptTakes : left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private TimeSpan WaitOf(RetryConditionHeaderValue? header, int attempt)
    {
        var asked = header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);
        var wait = asked ?? FirstWait * Math.Pow(2, attempt - 1);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
