using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rlhf.Functions.Durable;
using Rlhf.Functions.Http;
using Rlhf.Functions.Inbox;
using Rlhf.Functions.Steps;
using Rlhf.Functions.Tests.Hosting;
using Rlhf.Generation;
using Rlhf.Json;
using Rlhf.Labeling;
using Rlhf.Orchestrations;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Web.Contracts;
using Rlhf.Web.Routing;

namespace Rlhf.Functions.Tests.Telemetry;

/// <summary>The app's own functions, with all that must stay secret made recognisable: none of it is in what the app logs, nor in what an activity's failure says to the history; and each line has its campaign.</summary>
public sealed class RedactionTests
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

    private static readonly CampaignId good = CampaignId.From("good");
    private static readonly CampaignId refused = CampaignId.From("refused");

    private readonly List<string> secrets = [OwnerSecret, EndpointKey, SignatureSecret, AnnotatorId, AnnotatorName, Browser, ClientAddress, PromptText, CommentText];
    private readonly List<string> failures = [];

    [Fact]
    public async Task WholeFlow_ThroughTheFunctions_TellsNoSecret()
    {
        await using var endpoint = await UnkindEndpoint.StartAsync();
        await using var app = new AppInProcess(new Dictionary<string, string?> { [AppSettings.OwnerToken] = OwnerSecret, [AppSettings.OpenAIKey] = EndpointKey });
        foreach (var campaign in (CampaignId[])[good, refused])
        {
            await SendAsync(app, "POST", "/api/campaigns", new CampaignRequest(campaign.Value, campaign, Generators: [new("echo", GeneratorKind.OpenAI, $"{campaign}-model", endpoint.Address)]));
            await app.Blobs.WriteTextAsync($"inbox/{campaign}/prompts.txt", $"My order 80123 has not arrived, {PromptText}.");
            await app.Function<InboxFunctions>().Dropped(new(new Uri($"https://rlhf.blob.core.windows.net/inbox/{campaign}/prompts.txt")), null!, CancellationToken.None);
            await BeginAsync(app, campaign);
        }
        await RankAsync(app);
        await AskForWhatIsNotThereAsync(app);
        Check(app.EndLog());
    }

    private async Task BeginAsync(AppInProcess app, CampaignId campaign)
    {
        var steps = app.Function<ActivityRunner>();
        await TryAsync(() => new CampaignSteps(steps).StartBatches(Input(new StartBatchesInput(campaign, 1, 1, new PromptCursor(), 1)), null!, CancellationToken.None));
        await TryAsync(() => new BatchSteps(steps).BeginBatch(Input(new BatchStep(campaign, BatchId.For(campaign, 1, 1))), null!, CancellationToken.None));
        await TryAsync(() => new BatchSteps(steps).GenerateAnswers(Input(new GenerateAnswersInput(campaign, BatchId.For(campaign, 1, 1), 0)), null!, CancellationToken.None));
    }

    private async Task RankAsync(AppInProcess app)
    {
        var invite = Read<InviteResponse>(await SendAsync(app, "POST", $"/api/campaigns/{good}/invites", new InviteRequest(AnnotatorName, Annotator: Rlhf.AnnotatorId.From(AnnotatorId)))).Token;
        secrets.Add(invite);
        var next = Read<NextResponse>(await SendAsync(app, "GET", $"/api/campaigns/{good}/next", null, invite));
        await SendAsync(app, "POST", $"/api/campaigns/{good}/tasks/{next.Task!.Comparison}/ranking", new RankingRequest(RankingOutcome.Ranked, [["1"], ["2"]], ActiveSeconds: 7, Comment: CommentText), invite);
        await SendAsync(app, "DELETE", $"/api/campaigns/{good}/invites/{AnnotatorId}");
    }

    /// <summary>What a person pastes into the wrong place.</summary>
    private static async Task AskForWhatIsNotThereAsync(AppInProcess app)
    {
        foreach (var path in (string[])[$"/api/{OwnerSecret}", $"/label/{SignatureSecret}", $"/api/campaigns/{SignatureSecret}"]) await SendAsync(app, "GET", path);
    }

    private void Check(IReadOnlyList<string> log)
    {
        foreach (var secret in secrets)
        {
            Assert.DoesNotContain(log, line => line.Contains(secret, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(failures, failure => failure.Contains(secret, StringComparison.OrdinalIgnoreCase));
        }
        var ours = log.Where(line => line.Contains(" Rlhf.", StringComparison.Ordinal)).ToList();
        Assert.All(ours, line => Assert.Contains("campaign=", line, StringComparison.Ordinal));
        Assert.Contains(ours, line => line.Contains("[campaign=good]: Read inbox/good/prompts.txt", StringComparison.Ordinal));
        // The endpoint's refusal was told, all the same.
        Assert.Contains(ours.Where(line => line.Contains("campaign=refused", StringComparison.Ordinal)).Concat(failures), line => line.Contains("key", StringComparison.OrdinalIgnoreCase));
    }

    private async Task TryAsync(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (StepError e)
        {
            failures.Add(e.ToString());
        }
    }

    private static JsonElement Input<T>(T input) => JsonSerializer.SerializeToElement(input, RlhfJson.Options);

    private static T Read<T>(HttpContext http)
    {
        var text = Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray());
        Assert.True(http.Response.StatusCode < 300, text);
        return JsonSerializer.Deserialize<T>(text, RlhfJson.Options)!;
    }

    private static async Task<HttpContext> SendAsync(AppInProcess app, string method, string path, object? body = null, string? invite = null)
    {
        var http = new DefaultHttpContext { RequestServices = app.Services };
        (http.Request.Method, http.Request.Path, http.Request.Scheme, http.Request.Host) = (method, path, "http", new("localhost"));
        http.Request.QueryString = new($"?token={OwnerSecret}&sig={SignatureSecret}");
        http.Request.Headers.UserAgent = $"{Browser}/1.0";
        http.Request.Headers["X-Forwarded-For"] = ClientAddress;
        if (invite is null) http.Request.Headers.Authorization = $"Bearer {OwnerSecret}";
        else http.Request.Headers[RouteRunner.InviteHeader] = invite;
        http.Request.ContentType = "application/json";
        http.Request.Body = new MemoryStream(body is null ? [] : JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), RlhfJson.Options));
        http.Response.Body = new MemoryStream();
        await app.Get<RoutePipeline>().RunAsync(http);
        return http;
    }
}
