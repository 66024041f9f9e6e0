using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.LabelStudio;
using Rlhf.LabelStudio.Server;
using Rlhf.Local.Tests.Web;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.LabelStudio;

/// <summary>Our routes over embedded storage, beside a server that speaks Label Studio's API; a campaign with one batch is labeled there.</summary>
internal sealed class StudioHost : IAsyncDisposable
{
    public const string Secret = "a-webhook-secret-for-tests";

    public static readonly BatchId Batch = BatchId.For(WebHost.Campaign, 1, 1);

    private readonly HttpClient http;

    private StudioHost(WebHost web, LabelStudioServer server, IReadOnlyList<Comparison> comparisons, FakeTimeProvider time)
    {
        Web = web;
        Server = server;
        Comparisons = comparisons;
        Time = time;
        http = web.Client();
    }

    public WebHost Web { get; }

    public LabelStudioServer Server { get; }

    public IReadOnlyList<Comparison> Comparisons { get; }

    public FakeTimeProvider Time { get; }

    /// <summary>The numbers that the batch's comparisons have there, in the batch's order.</summary>
    public IReadOnlyList<long> Tasks { get; private set; } = [];

    public static async Task<StudioHost> StartAsync(int count = 3, int overlap = 1, int answers = 2, string? token = LabelStudioServer.Token, string? template = null)
    {
        var server = await LabelStudioServer.StartAsync();
        var time = new FakeTimeProvider(new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [AppSettings.LabelStudioToken] = token, [AppSettings.LabelStudioWebhookSecret] = Secret }).Build();
        // Not in the place of the host's own configuration: its address is in that.
        var web = await WebHost.StartAsync(services => services.AddSingleton(new StudioClients(configuration, time)).AddSingleton(s => ActivatorUtilities.CreateInstance<StudioWebhook>(s, configuration)), time);
        var comparisons = await web.PublishAsync(count, overlap, answers, template: template, server: new LabelStudioSettings(server.Address, LabelStudioServer.Project));
        return new(web, server, comparisons, time);
    }

    /// <summary>What a look at the batch does.</summary>
    public async Task KeepAsync()
    {
        await Web.Get<StudioSync>().KeepAsync(await Web.Get<CampaignStore>().GetAsync(WebHost.Campaign), Batch);
        Tasks = [.. (await Task.WhenAll(Comparisons.Select(c => Web.Get<StudioStore>().FindTaskAsync(WebHost.Campaign, c.Id, default)))).OfType<StudioTask>().Select(t => t.Task)];
    }

    /// <summary>A look that is due.</summary>
    public Task LookAsync()
    {
        Time.Advance(TimeSpan.FromMinutes(6));
        return KeepAsync();
    }

    public async Task<HttpResponseMessage> TellAsync(JsonObject message, string? secret = Secret, string campaign = "support")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/campaigns/{campaign}/label-studio/webhook") { Content = JsonContent.Create(message) };
        if (secret is not null) request.Headers.Add(StudioWebhook.Header, secret);
        return await http.SendAsync(request);
    }

    /// <summary>Sends an export back, as whoever keeps tasks by hand does.</summary>
    public async Task<AnnotationReport> PostAsync(JsonArray export)
    {
        using var owner = Web.Owner();
        return await WebHost.ReadAsync<AnnotationReport>(await owner.PostAsync("/api/campaigns/support/label-studio/annotations", JsonContent.Create(export)));
    }

    /// <summary>Tasks as a route of the campaign gives them.</summary>
    public async Task<JsonArray> ReadTasksAsync(string path)
    {
        using var owner = Web.Owner();
        return JsonNode.Parse(await owner.GetStringAsync($"/api/campaigns/support/{path}"))!.AsArray();
    }

    public async Task<IReadOnlyList<Ranking>> RankingsAsync() => await Web.Get<RankingStore>().ReadBatchAsync(Batch);

    /// <summary>The text of the answer that a comparison's only ranking prefers.</summary>
    public async Task<string> PreferredAsync(int comparison)
    {
        var ranking = Assert.Single(await RankingsAsync(), r => r.Comparison == Comparisons[comparison].Id);
        return Comparisons[comparison].Answers.Single(a => a.Id == Assert.Single(ranking.Tiers[0])).Text;
    }

    /// <summary>What the task shows as an answer.</summary>
    public string Shown(int comparison, string field) => Server.Tasks.Single(t => t["id"]!.GetValue<long>() == Tasks[comparison])["data"]![field]!.GetValue<string>();

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await Web.DisposeAsync();
        await Server.DisposeAsync();
    }
}
