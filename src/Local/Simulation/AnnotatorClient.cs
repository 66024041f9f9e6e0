using Rlhf.Json;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Simulation;

/// <summary>The API as an annotator's page uses it, with the same kind of invite.</summary>
public sealed class AnnotatorClient(HttpClient http, CampaignId campaign, string token)
{
    public Task<NextResponse> NextAsync(CancellationToken cancellation) => SendAsync<NextResponse>(HttpMethod.Get, "next", null, cancellation);

    public Task<RankingResponse> RankAsync(ComparisonId comparison, RankingRequest ranking, CancellationToken cancellation) =>
        SendAsync<RankingResponse>(HttpMethod.Post, $"tasks/{comparison}/ranking", ranking, cancellation);

    /// <exception cref="HttpRequestException">Anything but success; the message holds the answer's title and detail.</exception>
    private async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, $"/api/campaigns/{campaign}/{path}");
        request.Headers.Add("X-Rlhf-Invite", token);
        if (body is not null) request.Content = JsonContent.Create(body, body.GetType(), options: RlhfJson.Options);
        using var response = await http.SendAsync(request, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            var problem = await response.Content.ReadAsStringAsync(cancellation);
            throw new HttpRequestException($"{method} {path} answered {(int)response.StatusCode}: {problem}", null, response.StatusCode);
        }
        return (await response.Content.ReadFromJsonAsync<T>(RlhfJson.Options, cancellation))!;
    }
}
