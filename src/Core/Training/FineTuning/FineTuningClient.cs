using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure.Core;
using Rlhf.Generation.Endpoints;
using Rlhf.Storage;

namespace Rlhf.Training.FineTuning;

/// <summary>Files and fine-tuning jobs of an Azure OpenAI resource, call by call: https://learn.microsoft.com/azure/foundry/openai/how-to/fine-tuning.</summary>
/// <remarks>Not the OpenAI library's FineTuningClient: that one drops a job's error and its trained tokens, and repeats a POST that may have been heard.
/// Nothing is repeated here; the next look does that, when the provider allows it.</remarks>
internal sealed class FineTuningClient(HttpClient http, EndpointAccess access, TimeProvider time)
{
    private const int PageSize = 100;
    private static readonly TokenRequestContext scope = new(["https://cognitiveservices.azure.com/.default"]);
    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    /// <summary>Windows between two answers may hide a job's creation from a clock that is slow.</summary>
    private static readonly TimeSpan clockSlack = TimeSpan.FromHours(1);

    /// <summary>The upload of this name that counts: the first usable one.</summary>
    public async Task<ProviderFile?> FindFileAsync(string name, CancellationToken cancellation) =>
        await ListAsync<ProviderFile>("files?purpose=fine-tune", f => f.Id, cancellation).Where(f => f.Filename == name && f.IsUsable)
            .OrderBy(f => f.CreatedAt).ThenBy(f => f.Id, StringComparer.Ordinal).FirstOrDefaultAsync(cancellation);

    public Task<ProviderFile> GetFileAsync(string id, CancellationToken cancellation) => SendAsync<ProviderFile>(HttpMethod.Get, $"files/{Escape(id)}", null, cancellation);

    public async Task<ProviderFile> UploadAsync(string name, BlobContent content, CancellationToken cancellation)
    {
        using var form = new MultipartFormDataContent { { new StringContent("fine-tune"), "purpose" } };
        var file = new MarkedContent(content);
        file.Headers.ContentType = new("application/jsonl");
        form.Add(file, "file", name);
        return await SendAsync<ProviderFile>(HttpMethod.Post, "files", form, cancellation);
    }

    /// <summary>The newest job on this file, of those made since.</summary>
    public async Task<ProviderJob?> FindJobAsync(string trainingFile, DateTimeOffset since, CancellationToken cancellation)
    {
        var oldest = (since - clockSlack).ToUnixTimeSeconds();
        // Newest first, so that a resource with years of jobs is not read to its end.
        await foreach (var job in ListAsync<ProviderJob>("fine_tuning/jobs", j => j.Id, cancellation))
        {
            if (job.TrainingFile == trainingFile) return job;
            if (job.CreatedAt > 0 && job.CreatedAt < oldest) return null;
        }
        return null;
    }

    public Task<ProviderJob> CreateJobAsync(object request, CancellationToken cancellation) =>
        SendAsync<ProviderJob>(HttpMethod.Post, "fine_tuning/jobs", JsonContent.Create(request, options: json), cancellation);

    public Task<ProviderJob> GetJobAsync(string id, CancellationToken cancellation) => SendAsync<ProviderJob>(HttpMethod.Get, $"fine_tuning/jobs/{Escape(id)}", null, cancellation);

    public Task<ProviderJob> CancelJobAsync(string id, CancellationToken cancellation) => SendAsync<ProviderJob>(HttpMethod.Post, $"fine_tuning/jobs/{Escape(id)}/cancel", null, cancellation);

    /// <summary>The job's events, the newest first.</summary>
    public IAsyncEnumerable<ProviderEvent> EventsAsync(string job, CancellationToken cancellation) =>
        ListAsync<ProviderEvent>($"fine_tuning/jobs/{Escape(job)}/events", e => e.Id, cancellation);

    public async Task<string> ReadFileAsync(string id, CancellationToken cancellation)
    {
        using var response = await SendAsync(HttpMethod.Get, $"files/{Escape(id)}/content", null, cancellation);
        return await response.Content.ReadAsStringAsync(cancellation);
    }

    private async IAsyncEnumerable<T> ListAsync<T>(string path, Func<T, string> idOf, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (string? after = null; ;)
        {
            var query = $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={PageSize}{(after is null ? "" : $"&after={Escape(after)}")}";
            var page = await SendAsync<ProviderPage<T>>(HttpMethod.Get, query, null, cancellation);
            foreach (var item in page.Data ?? []) yield return item;
            if (!page.HasMore || page.Data is not { Count: > 0 } data || idOf(data[^1]) == after) yield break;
            after = idOf(data[^1]);
        }
    }

    private async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
    {
        using var response = await SendAsync(method, path, content, cancellation);
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(json, cancellation) ?? throw new JsonException("it is null.");
        }
        catch (JsonException e)
        {
            throw new ProviderException(null, null, $"{Name(method, path)} gave an answer that can't be read: {e.Message}", inner: e);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri($"{access.Endpoint.AbsoluteUri.TrimEnd('/')}/openai/v1/{path}")) { Content = content };
        if (access.Key is { } key) request.Headers.Add("api-key", key);
        else request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await access.Credential.TokenAsync(scope, cancellation));
        return await http.CallAsync(request, Name(method, path), time, cancellation);
    }

    private static string Name(HttpMethod method, string path) => $"{method} /openai/v1/{path.Split('?')[0]}";

    private static string Escape(string id) => Uri.EscapeDataString(id);

    /// <summary>A blob with the byte-order mark that the provider's documentation asks for; its length is known, so that it is sent as one piece.</summary>
    private sealed class MarkedContent(BlobContent blob) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(new byte[] { 0xEF, 0xBB, 0xBF });
            await blob.Stream.CopyToAsync(stream);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = blob.Length + 3;
            return true;
        }
    }
}
