using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rlhf.Contracts.Tools;
using Rlhf.Generation;
using Rlhf.Json;
using Rlhf.Labeling.Invites;
using Rlhf.Local.Checks;
using Rlhf.Local.Hosting;
using Rlhf.Local.Tests.Loop;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.Telemetry;

/// <summary>The program as it runs, with all that must stay secret made recognisable: none of it is in its log, nor in any span, measurement or log record that it sends.</summary>
public sealed class RedactionTests : IAsyncDisposable
{
    private const string OwnerSecret = "sentinel-owner-token-0123456789";
    private const string EndpointKey = "sk-sentinel-endpoint-key-0123456789";
    private const string SignatureSecret = "Sentinel_Signature_0123456789";
    private const string AnnotatorId = "jane-sentinel";
    private const string AnnotatorName = "Jane Sentinel, jane@sentinel.example";
    private const string Browser = "SentinelBrowser";
    private const string ClientAddress = "203.0.113.77";
    private const string PromptText = "sentinel-words-of-a-prompt";
    private const string CommentText = "sentinel-words-of-a-comment";

    /// <summary>Azurite's well-known one; what stands for the storage account's.</summary>
    private const string StorageKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq";

    private static readonly CampaignId good = CampaignId.From("good");
    private static readonly CampaignId refused = CampaignId.From("refused");

    private readonly TestFolder folder = new();
    private readonly List<string> secrets = [OwnerSecret, EndpointKey, SignatureSecret, AnnotatorId, AnnotatorName, Browser, ClientAddress, PromptText, CommentText, StorageKey];

    private LocalServer collector = null!;
    private LocalServer endpoint = null!;

    [Fact]
    public Task WholeFlow_EmbeddedStorage_TellsNoSecret() => RunAsync();

    [ToolFact]
    [Needs(Tool.Azurite)]
    public Task WholeFlow_AzureStorage_TellsNoSecret() => RunAsync("--azurite");

    public async ValueTask DisposeAsync()
    {
        if (collector is not null) await collector.DisposeAsync();
        if (endpoint is not null) await endpoint.DisposeAsync();
        folder.Dispose();
    }

    private async Task RunAsync(params string[] more)
    {
        collector = await LocalServer.StartAsync((_, response, _) => response.CompleteAsync());
        // As unkind as an endpoint can be: it repeats the key and what it was asked.
        endpoint = await LocalServer.StartAsync((request, response, body) => RefuseAsync(request, response, body));
        PlantSecrets();
        await using var rlhf = RlhfProcess.Start(folder, ["serve", "--prompts", "8", .. folder.Where, .. more], Environment());
        var address = await AddressAsync(rlhf);
        using (var owner = new OwnerClient(address, OwnerSecret))
        {
            owner.Http.DefaultRequestHeaders.UserAgent.ParseAdd($"{Browser}/1.0");
            owner.Http.DefaultRequestHeaders.Add("X-Forwarded-For", ClientAddress);
            await WorkAsync(owner);
            await AskForWhatIsNotThereAsync(owner.Http);
        }
        await rlhf.UntilAsync(() => collector.Holds("orchestration_end:LabelBatch") && collector.Holds("rlhf.rankings.accepted"), "telemetry");
        rlhf.Terminate();
        await rlhf.ExitAsync();
        Check();
    }

    private async Task WorkAsync(OwnerClient owner)
    {
        await owner.CreateAsync(new("Good", good, BatchSize: 4, Generators: [new("base", GeneratorKind.Onnx, "file:" + ShippedModel.Find())]));
        await owner.AddPromptsAsync(good, Enumerable.Range(0, 4).Select(i => $"My order {80_000 + i} has not arrived, {PromptText}."));
        var invite = await owner.InviteAsync(good, new InviteRequest(AnnotatorName, Annotator: Rlhf.AnnotatorId.From(AnnotatorId)));
        secrets.Add(invite.Token);
        secrets.Add(invite.Token.Split('.')[^1]);
        await owner.RankAsync(good, invite.Token, 4, CommentText);
        using var revoked = await owner.Http.DeleteAsync($"api/campaigns/{good}/invites/{AnnotatorId}");
        Assert.True(revoked.IsSuccessStatusCode);

        await owner.CreateAsync(new("Refused", refused, Generators: [new("echo", GeneratorKind.OpenAI, "echo-model", endpoint.Address)]));
        await owner.AddPromptsAsync(refused, [$"Hello, {PromptText}."]);
        await owner.UntilAsync(refused, p => p.State == Campaigns.CampaignState.Paused, "the key refused");
    }

    /// <summary>What a person pastes into the wrong place.</summary>
    private static async Task AskForWhatIsNotThereAsync(HttpClient http)
    {
        foreach (var path in (string[])[$"api/campaigns?token={OwnerSecret}&sig={SignatureSecret}", $"api/{OwnerSecret}", $"label/{SignatureSecret}", $"api/campaigns/{SignatureSecret}"])
        {
            using var response = await http.GetAsync(path);
        }
    }

    private void Check()
    {
        var log = File.ReadAllText(Path.Combine(folder.Data, "logs", "host.log"));
        foreach (var secret in secrets)
        {
            Assert.DoesNotContain(secret, log, StringComparison.OrdinalIgnoreCase);
            Assert.False(collector.Holds(secret), $"'{secret}' was sent.");
        }
        Assert.Contains("[campaign=refused batch=refused-r1-b00001", log, StringComparison.Ordinal);
        var ours = log.Split('\n').Where(l => l.Contains(" Rlhf.", StringComparison.Ordinal) && !l.Contains("Durable engine started", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(ours);
        Assert.All(ours, line => Assert.Contains("campaign=", line, StringComparison.Ordinal));
        // It was sent, all the same: spans, measurements, log records with their ids.
        foreach (var said in (string[])["create_orchestration:RunCampaign", "chat base", "chat echo-model", "rlhf.comparisons.open", "is paused at batch", "refused-r1-b00001"])
            Assert.True(collector.Holds(said), $"'{said}' was not sent.");
    }

    private void PlantSecrets()
    {
        var data = DataFolder.Open(folder.Data);
        File.WriteAllText(data.OwnerToken, OwnerSecret);
        var key = Encoding.UTF8.GetBytes("sentinel-signing-key-0123456789!");
        File.WriteAllText(data.SigningKeys, JsonSerializer.Serialize(new List<SigningKey> { new("k1", key) }, RlhfJson.Options));
        secrets.Add(Convert.ToBase64String(key));
        secrets.Add("sentinel-signing-key");
    }

    private Dictionary<string, string> Environment() => new()
    {
        ["OPENAI_API_KEY"] = EndpointKey,
        [AppSettings.OtlpEndpoint] = collector.Address.ToString(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
    };

    private Task<Uri> AddressAsync(RlhfProcess rlhf)
    {
        var data = DataFolder.Open(folder.Data);
        return Wait();

        async Task<Uri> Wait()
        {
            await rlhf.UntilAsync(() => HostLock.ReadRunning(data) is not null, "address");
            return HostLock.ReadRunning(data)!.Address;
        }
    }

    private static Task RefuseAsync(HttpRequest request, HttpResponse response, byte[] body)
    {
        response.StatusCode = StatusCodes.Status401Unauthorized;
        response.ContentType = "application/json";
        var error = new { error = new { code = "invalid_api_key", type = "error", message = $"Incorrect API key provided: {request.Headers.Authorization.ToString()["Bearer ".Length..]}. {Encoding.UTF8.GetString(body)}" } };
        return response.WriteAsync(JsonSerializer.Serialize(error));
    }

    /// <summary>A server that keeps what it is sent.</summary>
    private sealed class LocalServer : IAsyncDisposable
    {
        private readonly List<byte[]> bodies = [];
        private WebApplication app = null!;

        public Uri Address => new(app.Urls.Single());

        public static async Task<LocalServer> StartAsync(Func<HttpRequest, HttpResponse, byte[], Task> answer)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var server = new LocalServer { app = builder.Build() };
            server.app.MapPost("{**path}", async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                lock (server.bodies) server.bodies.Add(body.ToArray());
                await answer(context.Request, context.Response, body.ToArray());
            });
            await server.app.StartAsync();
            return server;
        }

        /// <summary>Texts stand in protobuf as they are.</summary>
        public bool Holds(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            lock (bodies) return bodies.Any(b => b.AsSpan().IndexOf(bytes) >= 0);
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
