using System.Net.Http.Json;
using System.Text.Json;
using Rlhf.Json;
using Rlhf.Orchestrations;

namespace Rlhf.Functions.Tests.Host;

/// <summary>The orchestration client of tests/Functions.ContractHost, from here.</summary>
internal sealed class HttpOrchestrationClient(HttpClient http) : IOrchestrationClient
{
    // A host in another process is not asked two hundred times a second.
    private static readonly TimeSpan pace = TimeSpan.FromMilliseconds(100);

    public Task ScheduleAsync(string orchestrator, object? input, string instanceId, CancellationToken cancellation = default) =>
        SendAsync<object>(HttpMethod.Put, $"orchestrations/{Escape(instanceId)}/{orchestrator}", instanceId, input, cancellation);

    public Task RaiseEventAsync(string instanceId, string name, object? payload = null, CancellationToken cancellation = default) =>
        SendAsync<object>(HttpMethod.Post, $"orchestrations/{Escape(instanceId)}/events/{Escape(name)}", instanceId, payload, cancellation);

    public async Task<OrchestrationInstance?> GetAsync(string instanceId, CancellationToken cancellation = default)
    {
        await Task.Delay(pace, cancellation);
        return await SendAsync<OrchestrationInstance>(HttpMethod.Get, $"orchestrations/{Escape(instanceId)}", instanceId, null, cancellation);
    }

    public async IAsyncEnumerable<OrchestrationInstance> ListAsync(
        string? instanceIdPrefix = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var listed = await SendAsync<IReadOnlyList<OrchestrationInstance>>(HttpMethod.Get, $"orchestrations?prefix={Escape(instanceIdPrefix ?? "")}", "", null, cancellation);
        foreach (var instance in listed!) yield return instance;
    }

    public Task TerminateAsync(string instanceId, string reason, CancellationToken cancellation = default) =>
        SendAsync<object>(HttpMethod.Post, $"orchestrations/{Escape(instanceId)}/terminate?reason={Escape(reason)}", instanceId, null, cancellation);

    public async Task<bool> PurgeAsync(string instanceId, CancellationToken cancellation = default) =>
        await SendAsync<bool>(HttpMethod.Delete, $"orchestrations/{Escape(instanceId)}", instanceId, null, cancellation);

    private async Task<T?> SendAsync<T>(HttpMethod method, string path, string instanceId, object? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path);
        if (method != HttpMethod.Get) request.Content = JsonContent.Create(body, body?.GetType() ?? typeof(object), options: RlhfJson.Options);
        using var response = await http.SendAsync(request, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        if (!response.IsSuccessStatusCode) throw Failure(instanceId, $"{method} {path}", text);
        return text.Length == 0 ? default : JsonSerializer.Deserialize<T>(text, RlhfJson.Options);
    }

    private static Exception Failure(string instanceId, string what, string answer)
    {
        try
        {
            var error = JsonSerializer.Deserialize<Error>(answer, RlhfJson.Options);
            return error?.Name switch
            {
                nameof(RlhfException) => new RlhfException(error.Code!, error.Message!, error.Remedy!),
                nameof(DuplicateInstanceException) => new DuplicateInstanceException(instanceId),
                nameof(InstanceNotFoundException) => new InstanceNotFoundException(instanceId),
                _ => new HttpRequestException($"{what}: {answer}"),
            };
        }
        catch (JsonException)
        {
            return new HttpRequestException($"{what}: {answer}");
        }
    }

    private static string Escape(string part) => Uri.EscapeDataString(part);

    private sealed record Error([property: System.Text.Json.Serialization.JsonPropertyName("error")] string Name, string? Code, string? Message, string? Remedy);
}
