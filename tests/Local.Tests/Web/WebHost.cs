using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Generation;
using Rlhf.Json;
using Rlhf.Labeling;
using Rlhf.Labeling.Invites;
using Rlhf.LabelStudio;
using Rlhf.Local.Storage;
using Rlhf.Orchestrations;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Storage.Files;
using Rlhf.Web;
using Rlhf.Web.Contracts;
using Rlhf.Web.Routing;
using Rlhf.Web.Security;

namespace Rlhf.Local.Tests.Web;

/// <summary>The route table on a real port, over the embedded storage in a folder of its own. Only orchestrations are recorded instead of run.</summary>
public sealed class WebHost : IAsyncDisposable
{
    public static readonly CampaignId Campaign = CampaignId.From("support");
    public const string AdminToken = "an-admin-token-for-tests";

    private readonly TemporaryFolder folder = new();
    private readonly WebApplication app;

    private WebHost(Action<IServiceCollection>? configure, TimeProvider? time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddSingleton<IBlobStore>(new FileBlobStore(Path.Combine(folder.Path, "blobs")));
        builder.Services.AddSingleton<ITableStore>(new SqliteTableStore(Path.Combine(folder.Path, "tables.db")));
        builder.Services.AddSingleton<ISigningKeys>(new FileSigningKeys(Path.Combine(folder.Path, "keys.json")));
        builder.Services.AddSingleton<IOwnerAccess>(new AdminToken(AdminToken));
        builder.Services.AddSingleton(new WebOptions { AllowedHosts = ["127.0.0.1", "localhost"], DefaultGenerators = [new("base", GeneratorKind.Onnx, "file:models/none")] });
        builder.Services.AddSingleton<IOrchestrationClient>(Orchestrations);
        builder.Services.AddSingleton<IGeneratorFactory, NoGenerators>();
        builder.Services.AddRlhf();
        configure?.Invoke(builder.Services);
        app = builder.Build();
        app.MapRlhf();
    }

    public RecordedOrchestrations Orchestrations { get; } = new();

    public Uri Address => new(app.Urls.First());

    public string DataFolder => folder.Path;

    public static async Task<WebHost> StartAsync(Action<IServiceCollection>? configure = null, TimeProvider? time = null)
    {
        var host = new WebHost(configure, time);
        await host.app.StartAsync();
        return host;
    }

    public T Get<T>() where T : notnull => app.Services.GetRequiredService<T>();

    /// <summary>A step, made as a host makes it.</summary>
    public T Create<T>() => ActivatorUtilities.CreateInstance<T>(app.Services);

    public HttpClient Client() => new() { BaseAddress = Address };

    public HttpClient Owner()
    {
        var client = Client();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
        return client;
    }

    /// <summary>A client with a new invite.</summary>
    public async Task<Annotator> InviteAsync(string? id = null, AnnotatorKind kind = AnnotatorKind.Person, bool isReviewer = false)
    {
        var (invite, token) = await Get<InviteService>().CreateAsync(Campaign, kind, null, TimeSpan.FromDays(1), id is null ? null : AnnotatorId.From(id), isReviewer);
        return new(this, invite, token);
    }

    /// <summary>A campaign with one published batch of <paramref name="count"/> comparisons, made without any generator.</summary>
    public async Task<IReadOnlyList<Comparison>> PublishAsync(
        int count, int overlap = 1, int answers = 2, TimeSpan? lease = null, int batch = 1, LabelFormSettings? form = null, string guidelines = "Pick the answer you would rather have received.",
        string? template = null, LabelStudioSettings? server = null, Func<Comparison, Comparison>? change = null, CheckSettings? checks = null)
    {
        var settings = new CampaignSettings
        {
            Id = Campaign,
            Title = "Support answers",
            Overlap = overlap,
            Answers = answers,
            Form = form ?? new(),
            Checks = checks ?? CheckSettings.None,
            Guidelines = guidelines,
            LabelTemplate = template,
            LabelStudio = server,
            Lease = lease ?? TimeSpan.FromMinutes(10),
            Generators = [new("base", GeneratorKind.Onnx, "file:models/none")],
        };
        await Get<CampaignStore>().CreateAsync(new(settings, CampaignState.Active, DateTimeOffset.UtcNow));
        var id = BatchId.For(Campaign, 1, batch);
        await Get<BatchStore>().CreateAsync(new(id, Campaign, 1, ComparisonKind.Ordinary, BatchState.Open, [], new PromptCursor(), DateTimeOffset.UtcNow, Comparisons: count));
        var comparisons = Enumerable.Range(0, count).Select(i => SampleComparisons.Make(id, i, answers, overlap)).Select(c => change?.Invoke(c) ?? c).ToList();
        return await Get<ComparisonStore>().PublishAsync(Campaign, id, comparisons);
    }

    public async ValueTask DisposeAsync()
    {
        var tables = Get<ITableStore>() as IDisposable;
        await app.StopAsync();
        await app.DisposeAsync();
        tables?.Dispose();
        folder.Dispose();
    }

    private sealed class NoGenerators : IGeneratorFactory
    {
        public ValueTask<IGenerator> OpenAsync(GeneratorSettings settings, CancellationToken cancellation = default) =>
            throw new RlhfException("no-generators", "This host writes no answers.", "Register a generator factory.");
    }

    public sealed record Annotator(WebHost Host, Invite Invite, string Token)
    {
        private readonly HttpClient client = Host.Client();

        public string Link => InviteLink.For(Host.Address, Token);

        public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

        public Task<HttpResponseMessage> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, body);

        public async Task<NextResponse> NextAsync(params ComparisonId[] holding) =>
            await ReadAsync<NextResponse>(await GetAsync($"next?holding={string.Join(',', holding)}"));

        public async Task<RankingResponse> RankAsync(ComparisonId comparison, RankingRequest ranking) =>
            await ReadAsync<RankingResponse>(await PostAsync($"tasks/{comparison}/ranking", ranking));

        /// <summary>Prefers the answer at the left.</summary>
        public Task<RankingResponse> RankAsync(TaskView task) => RankAsync(task.Comparison, new(RankingOutcome.Ranked, [["1"], ["2"]]));

        private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null)
        {
            using var request = new HttpRequestMessage(method, $"/api/campaigns/{Campaign}/{path}");
            request.Headers.Add(RouteRunner.InviteHeader, Token);
            if (body is not null) request.Content = JsonContent.Create(body, body.GetType(), options: RlhfJson.Options);
            return await client.SendAsync(request);
        }
    }

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode) throw new HttpRequestException(text, null, response.StatusCode);
        return System.Text.Json.JsonSerializer.Deserialize<T>(text, RlhfJson.Options)!;
    }
}

/// <summary>Keeps what was raised and scheduled; carries nothing out.</summary>
public sealed class RecordedOrchestrations : IOrchestrationClient
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<(string Instance, string Event)> raised = new();
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> scheduled = new();

    public IReadOnlyList<(string Instance, string Event)> Raised => [.. raised];

    /// <summary>Ids of instances that were started.</summary>
    public IReadOnlyList<string> Scheduled => [.. scheduled];

    public Task ScheduleAsync(string orchestrator, object? input, string instanceId, CancellationToken cancellation = default)
    {
        scheduled.Enqueue(instanceId);
        return Task.CompletedTask;
    }

    public Task RaiseEventAsync(string instanceId, string name, object? payload = null, CancellationToken cancellation = default)
    {
        raised.Enqueue((instanceId, name));
        return Task.CompletedTask;
    }

    public Task<OrchestrationInstance?> GetAsync(string instanceId, CancellationToken cancellation = default) => Task.FromResult<OrchestrationInstance?>(null);

    public IAsyncEnumerable<OrchestrationInstance> ListAsync(string? instanceIdPrefix = null, CancellationToken cancellation = default) => AsyncEnumerable.Empty<OrchestrationInstance>();

    public Task TerminateAsync(string instanceId, string reason, CancellationToken cancellation = default) => Task.CompletedTask;

    public Task<bool> PurgeAsync(string instanceId, CancellationToken cancellation = default) => Task.FromResult(false);
}
