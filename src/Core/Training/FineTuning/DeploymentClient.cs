using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Azure.Core;

namespace Rlhf.Training.FineTuning;

/// <summary>Deployments of an Azure OpenAI account, through Azure Resource Manager: https://learn.microsoft.com/rest/api/aiservices/accountmanagement/deployments.</summary>
internal sealed class DeploymentClient(HttpClient http, Uri arm, string account, TokenCredential credential, TimeProvider time)
{
    private const string ApiVersion = "2024-10-01";
    /// <summary>Resource Manager knows a tuned model by its name; all of them are version 1.</summary>
    private const string TunedVersion = "1";

    /// <summary>Null where there is none.</summary>
    public async Task<ProviderDeployment?> FindAsync(string name, CancellationToken cancellation)
    {
        try
        {
            using var response = await SendAsync(HttpMethod.Get, name, null, cancellation);
            return await ReadAsync(response, cancellation);
        }
        catch (ProviderException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Makes it or leaves it as it is.</summary>
    public async Task<ProviderDeployment> PutAsync(string name, string model, string sku, int capacity, CancellationToken cancellation)
    {
        var body = new { sku = new { name = sku, capacity }, properties = new { model = new { format = "OpenAI", name = model, version = TunedVersion } } };
        using var response = await SendAsync(HttpMethod.Put, name, JsonContent.Create(body), cancellation);
        return await ReadAsync(response, cancellation);
    }

    /// <summary>Takes it away; nothing happens where there is none.</summary>
    public async Task DeleteAsync(string name, CancellationToken cancellation)
    {
        try
        {
            using var response = await SendAsync(HttpMethod.Delete, name, null, cancellation);
        }
        catch (ProviderException e) when (e.Status == HttpStatusCode.NotFound)
        {
            // Gone already.
        }
    }

    private static async Task<ProviderDeployment> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellation), cancellationToken: cancellation);
            var properties = document.RootElement.GetProperty("properties");
            var model = properties.GetProperty("model");
            return new(model.GetProperty("name").GetString()!, model.TryGetProperty("version", out var version) ? version.GetString() : null,
                properties.TryGetProperty("provisioningState", out var state) ? state.GetString() ?? "" : "");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ProviderException(null, null, $"Resource Manager described a deployment in a way that can't be read: {e.Message}", inner: e);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string name, HttpContent? content, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(arm, $"{account}/deployments/{Uri.EscapeDataString(name)}?api-version={ApiVersion}")) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await credential.TokenAsync(new([$"{arm.GetLeftPart(UriPartial.Authority)}/.default"]), cancellation));
        return await http.CallAsync(request, $"{method} deployment '{name}'", time, cancellation);
    }
}
