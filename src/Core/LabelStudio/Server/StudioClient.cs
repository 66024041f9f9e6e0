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
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <summary>The project's template.</summary>
    public async Task<string> GetTemplateAsync(CancellationToken cancellation) =>
        (await ReadAsync($"api/projects/{Number(project)}/", cancellation)).GetProperty("label_config").GetString() ?? "";

    /// <returns>The new tasks' numbers in order; null where the server does not say (it imports in the background).</returns>
    public async Task<IReadOnlyList<long>?> ImportAsync(JsonArray tasks, CancellationToken cancellation)
    {
        var answer = await SendAsync(HttpMethod.Post, $"api/projects/{Number(project)}/import?return_task_ids=true", tasks.ToJsonString(), isRepeatable: false, cancellation);
        return answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("task_ids", out var ids) && ids.ValueKind == JsonValueKind.Array && ids.GetArrayLength() == tasks.Count
            ? [.. ids.EnumerateArray().Select(i => i.GetInt64())] : null;
    }

    /// <summary>All tasks of the project, without annotations.</summary>
    public async IAsyncEnumerable<JsonElement> ListTasksAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var page = 1; ; page++)
        {
            JsonElement answer;
            try
            {
                answer = await ReadAsync($"api/tasks/?project={Number(project)}&page={Number(page)}&page_size={Number(PageSize)}", cancellation);
            }
            catch (RlhfException e) when (page > 1 && e.Code == "label-studio-not-found")
            {
                // A page behind the last one.
                yield break;
            }
            var tasks = answer.GetProperty("tasks");
            foreach (var task in tasks.EnumerateArray()) yield return task;
            if (tasks.GetArrayLength() < PageSize) yield break;
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

    private Task<JsonElement> ReadAsync(string path, CancellationToken cancellation) => SendAsync(HttpMethod.Get, path, null, isRepeatable: true, cancellation);

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, string? body, bool isRepeatable, CancellationToken cancellation)
    {
        for (var (attempt, isFresh) = (1, false); ; attempt++)
        {
            try
            {
                using var response = await SendOnceAsync(method, path, body, cancellation);
                if (response.IsSuccessStatusCode) return await JsonSerializer.DeserializeAsync<JsonElement>(await response.Content.ReadAsStreamAsync(cancellation), cancellationToken: cancellation);
                if (response.StatusCode == HttpStatusCode.Unauthorized && !isFresh)
                {
                    // A short-lived token may have been revoked before its time.
                    credentials.Forget();
                    isFresh = true;
                    continue;
                }
                var failure = StudioErrors.Of(response.StatusCode, path);
                if (!failure.IsTransient || attempt >= Attempts || !(isRepeatable || response.StatusCode == HttpStatusCode.TooManyRequests)) throw failure;
                await Task.Delay(WaitOf(response.Headers.RetryAfter, attempt), time, cancellation);
            }
            catch (Exception e) when (e is HttpRequestException or JsonException or IOException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
            {
                var failure = StudioErrors.Away($"can't be reached or does not answer in its own way ({e.Message.TrimEnd('.')})", e);
                if (!isRepeatable || attempt >= Attempts) throw failure;
                await Task.Delay(WaitOf(null, attempt), time, cancellation);
            }
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpMethod method, string path, string? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, new MediaTypeHeaderValue("application/json", "utf-8")) };
        request.Headers.Authorization = await credentials.GetAsync(http, cancellation);
        return await http.SendAsync(request, cancellation);
    }

    private TimeSpan WaitOf(RetryConditionHeaderValue? header, int attempt)
    {
        var asked = header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);
        var wait = asked ?? FirstWait * Math.Pow(2, attempt - 1);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestWait ? LongestWait : wait;
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
