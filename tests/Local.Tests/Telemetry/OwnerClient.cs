using System.Net.Http.Headers;
using System.Net.Http.Json;
using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Json;
using Rlhf.Labeling;
using Rlhf.Web.Contracts;
using Rlhf.Web.Routing;

namespace Rlhf.Local.Tests.Telemetry;

/// <summary>A campaign from its creation to its last ranking, over HTTP alone.</summary>
internal sealed class OwnerClient : IDisposable
{
    public const double ActiveSeconds = 7;

    private readonly HttpClient http;

    public OwnerClient(Uri address, string token)
    {
        http = new() { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public HttpClient Http => http;

    public Task CreateAsync(CampaignRequest request) => ReadAsync<CampaignView>(HttpMethod.Post, "api/campaigns", request);

    public async Task AddPromptsAsync(CampaignId campaign, IEnumerable<string> prompts)
    {
        using var content = new StringContent(string.Join('\n', prompts), new MediaTypeHeaderValue("text/plain"));
        using var response = await http.PostAsync($"api/campaigns/{campaign}/prompts", content);
        response.EnsureSuccessStatusCode();
    }

    public Task<InviteResponse> InviteAsync(CampaignId campaign, InviteRequest invite) =>
        ReadAsync<InviteResponse>(HttpMethod.Post, $"api/campaigns/{campaign}/invites", invite);

    public async Task<CampaignProgress> ProgressAsync(CampaignId campaign) =>
        (await ReadAsync<CampaignResponse>(HttpMethod.Get, $"api/campaigns/{campaign}")).Progress;

    public Task<CampaignProgress> UntilAsync(CampaignId campaign, Func<CampaignProgress, bool> condition, string what) =>
        Eventually.GetAsync(async () => await ProgressAsync(campaign) is { } progress && condition(progress) ? progress : null, what);

    /// <summary>Ranks whatever is next until <paramref name="count"/> are ranked.</summary>
    public async Task RankAsync(CampaignId campaign, string invite, int count, string? comment = null)
    {
        for (var ranked = 0; ranked < count; ranked++)
        {
            var next = await Eventually.GetAsync(
                async () => await ReadAsync<NextResponse>(HttpMethod.Get, $"api/campaigns/{campaign}/next", null, invite) is { Task: not null } found ? found : null, "a task");
            var ranking = new RankingRequest(RankingOutcome.Ranked, [["1"], ["2"]], ActiveSeconds: ActiveSeconds, Comment: comment);
            await ReadAsync<RankingResponse>(HttpMethod.Post, $"api/campaigns/{campaign}/tasks/{next.Task!.Comparison}/ranking", ranking, invite);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<T> ReadAsync<T>(HttpMethod method, string path, object? body = null, string? invite = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (invite is not null) request.Headers.Add(RouteRunner.InviteHeader, invite);
        if (body is not null) request.Content = JsonContent.Create(body, body.GetType(), options: RlhfJson.Options);
        using var response = await http.SendAsync(request);
        if (!response.IsSuccessStatusCode) throw new HttpRequestException(await response.Content.ReadAsStringAsync(), null, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<T>(RlhfJson.Options))!;
    }
}
