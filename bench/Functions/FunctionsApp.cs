using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Json;
using Rlhf.Labeling;
using Rlhf.Web.Contracts;

namespace Rlhf.Bench.Functions;

/// <summary>A running host, over HTTP.</summary>
internal sealed class FunctionsApp(LoadOptions options) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly HttpClient http = new() { BaseAddress = options.Url, Timeout = Patience };

    /// <summary>A campaign of made-up prompts, answered by <paramref name="chat"/>, all batches open at a time.</summary>
    public async Task<CampaignId> CreateAsync(Uri chat, CancellationToken cancellation)
    {
        var id = CampaignId.From($"bench-{Guid.NewGuid():n}"[..14]);
        await SendAsync<CampaignView>(HttpMethod.Post, "api/campaigns", JsonContent.Create(new CampaignRequest($"Bench {id}", id)
        {
            Generators = [new GeneratorSettings("instant", GeneratorKind.OpenAI, "instant", chat)],
            TrainOn = [AnnotatorKind.Simulated],
            BatchSize = options.Batch,
            OpenBatches = (options.Prompts + options.Batch - 1) / options.Batch,
            Split = new(0, 0),
            // One ranking a comparison, so that requests are told by the comparison.
            Sharing = SharingSettings.None,
            Checks = CheckSettings.None,
        }, options: RlhfJson.Options), cancellation);
        return id;
    }

    public Task AddPromptsAsync(CampaignId campaign, CancellationToken cancellation)
    {
        var lines = Enumerable.Range(1, options.Prompts).Select(i => JsonSerializer.Serialize(new { prompt = $"Question {i} of {campaign}: what is {i} times {i}?" }));
        return SendAsync<JsonElement>(HttpMethod.Post, $"api/campaigns/{campaign}/prompts?name=bench.jsonl", new StringContent(string.Join('\n', lines)), cancellation);
    }

    public async Task<IReadOnlyList<string>> InviteAsync(CampaignId campaign, int count, CancellationToken cancellation)
    {
        var tokens = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var request = JsonContent.Create(new InviteRequest($"client {i}", AnnotatorKind.Simulated), options: RlhfJson.Options);
            tokens.Add((await SendAsync<InviteResponse>(HttpMethod.Post, $"api/campaigns/{campaign}/invites", request, cancellation)).Token);
        }
        return tokens;
    }

    public async Task<CampaignProgress> ProgressAsync(CampaignId campaign, CancellationToken cancellation) =>
        (await SendAsync<CampaignResponse>(HttpMethod.Get, $"api/campaigns/{campaign}", null, cancellation)).Progress;

    // Asking reads rows too: seldom enough to stay out of the figures.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>Asks now and then until <paramref name="reached"/> holds.</summary>
    /// <exception cref="TimeoutException">Within five minutes it does not.</exception>
    public async Task<CampaignProgress> UntilAsync(CampaignId campaign, Func<CampaignProgress, bool> reached, string what, CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var progress = await ProgressAsync(campaign, cancellation);
            if (reached(progress)) return progress;
            if (TimeProvider.System.GetElapsedTime(start) > Patience) throw new TimeoutException($"Not within {Patience}: {what}. It is at {JsonSerializer.Serialize(progress, RlhfJson.Options)}");
            await Task.Delay(Pause, cancellation);
        }
    }

    public async Task<int> CountPairsAsync(CampaignId campaign, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/campaigns/{campaign}/export?format=trl") { Headers = { Authorization = Owner } };
        using var response = await http.SendAsync(request, cancellation);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadAsStringAsync(cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
    }

    /// <param name="holding">What is in hand already, for one fetched ahead.</param>
    public Task<NextResponse> NextAsync(CampaignId campaign, string invite, CancellationToken cancellation, IReadOnlyCollection<ComparisonId>? holding = null) =>
        SendAsync<NextResponse>(HttpMethod.Get, $"api/campaigns/{campaign}/next{(holding is { Count: > 0 } ? $"?holding={string.Join(',', holding)}" : "")}", null, cancellation, invite);

    /// <summary>The first answer shown is the better one.</summary>
    public Task<RankingResponse> RankAsync(CampaignId campaign, string invite, ComparisonId comparison, CancellationToken cancellation) =>
        SendAsync<RankingResponse>(HttpMethod.Post, $"api/campaigns/{campaign}/tasks/{comparison}/ranking",
            JsonContent.Create(new RankingRequest(RankingOutcome.Ranked, [["1"], ["2"]]), options: RlhfJson.Options), cancellation, invite);

    public async Task<bool> AnswersAsync(CancellationToken cancellation)
    {
        try
        {
            using var response = await http.GetAsync("api/health", cancellation);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public void Dispose() => http.Dispose();

    private AuthenticationHeaderValue Owner => new("Bearer", options.OwnerToken);

    private async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, CancellationToken cancellation, string? invite = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (invite is null) request.Headers.Authorization = Owner;
        else request.Headers.Add("X-Rlhf-Invite", invite);
        using var response = await http.SendAsync(request, cancellation);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"{method} {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellation)}", null, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<T>(RlhfJson.Options, cancellation))!;
    }
}
