using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Labeling.Invites;
using Rlhf.Local.Tests.Labeling;
using Rlhf.Web;
using Rlhf.Web.Contracts;
using Rlhf.Web.Routing;

namespace Rlhf.Local.Tests.Web;

public sealed class RouteTests
{
    [Fact]
    public void Table_EveryRoute_HasAPolicyAndOnlyHealthDescriptionAndPagesAreOpen()
    {
        Assert.All(RouteTable.All, route => Assert.True(Enum.IsDefined(route.Policy)));
        var open = RouteTable.All.Where(r => r.Policy == AccessPolicy.Anonymous && !r.IsPage).Select(r => r.Pattern);
        Assert.Equal(["api/health", "api/openapi.json"], open);
        Assert.All(RouteTable.All.Where(r => r.Policy == AccessPolicy.Annotator), r => Assert.Contains("{campaign}", r.Pattern));
        Assert.Equal(RouteTable.All.Count, RouteTable.All.Select(r => r.Name).Distinct().Count());
    }

    [Fact]
    public async Task Routes_WithoutOrWithAWrongToken_AreRefusedEveryOne()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        using var client = host.Client();
        foreach (var route in RouteTable.All.Where(r => r.Policy != AccessPolicy.Anonymous))
        {
            foreach (var token in new[] { null, "not-the-token-at-all-0000" })
            {
                using var request = Request(route, token);
                var problem = await RankingTests.AssertProblemAsync(await client.SendAsync(request), HttpStatusCode.Unauthorized, route.Policy switch { AccessPolicy.Owner => "owner-only", AccessPolicy.Webhook => "webhook-refused", _ => "invite-invalid" });
                Assert.NotEmpty(problem.Remedy);
            }
        }
    }

    [Fact]
    public async Task AnnotatorRoutes_ExpiredRevokedForeignAndForged_AreRefused()
    {
        var time = new FakeTimeProvider(new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
        await using var host = await WebHost.StartAsync(time: time);
        await host.PublishAsync(count: 1);
        var (revoked, expired) = (await host.InviteAsync(), await host.InviteAsync());
        var (_, foreign) = await host.Get<InviteService>().CreateAsync(CampaignId.From("other"), AnnotatorKind.Person, null, TimeSpan.FromDays(1));
        Assert.Equal(HttpStatusCode.OK, (await revoked.GetAsync("next")).StatusCode);
        await host.Get<InviteService>().RevokeAsync(WebHost.Campaign, revoked.Invite.Annotator);
        await RankingTests.AssertProblemAsync(await revoked.GetAsync("next"), HttpStatusCode.Unauthorized, "invite-revoked");
        await RankingTests.AssertProblemAsync(await (revoked with { Token = foreign }).GetAsync("next"), HttpStatusCode.Forbidden, "invite-foreign");
        var forged = new InviteToken(WebHost.Campaign, expired.Invite.Annotator, time.GetUtcNow().AddDays(300)).Sign(new("k1", new byte[32]));
        await RankingTests.AssertProblemAsync(await (expired with { Token = forged }).GetAsync("next"), HttpStatusCode.Unauthorized, "invite-invalid");
        time.Advance(TimeSpan.FromDays(2));
        await RankingTests.AssertProblemAsync(await expired.GetAsync("next"), HttpStatusCode.Unauthorized, "invite-expired");
    }

    [Fact]
    public async Task Invite_RevokedAndRenewed_TheOldTokenStaysRefused()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        var leaked = await host.InviteAsync("mara");
        // Renewed without having been revoked, both go on.
        var second = await host.InviteAsync("mara");
        foreach (var valid in new[] { leaked, second }) Assert.Equal(HttpStatusCode.OK, (await valid.GetAsync("next")).StatusCode);
        for (var again = 0; again < 2; again++)
        {
            await host.Get<InviteService>().RevokeAsync(WebHost.Campaign, leaked.Invite.Annotator);
            var renewed = await host.InviteAsync("mara");
            Assert.Equal(HttpStatusCode.OK, (await renewed.GetAsync("next")).StatusCode);
            foreach (var old in new[] { leaked, second }) await RankingTests.AssertProblemAsync(await old.GetAsync("next"), HttpStatusCode.Unauthorized, "invite-revoked");
            second = renewed;
        }
    }

    [Fact]
    public async Task Invite_RevokedByAnotherProcess_IsRefusedWithin30Seconds()
    {
        var time = new FakeTimeProvider(new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
        await using var host = await WebHost.StartAsync(time: time);
        await host.PublishAsync(count: 1);
        var annotator = await host.InviteAsync();
        Assert.Equal(HttpStatusCode.OK, (await annotator.GetAsync("next")).StatusCode);
        var elsewhere = new InviteService(host.Get<Rlhf.Storage.ITableStore>(), host.Get<ISigningKeys>(), time);
        await elsewhere.RevokeAsync(WebHost.Campaign, annotator.Invite.Annotator);
        time.Advance(TimeSpan.FromSeconds(30));
        await RankingTests.AssertProblemAsync(await annotator.GetAsync("next"), HttpStatusCode.Unauthorized, "invite-revoked");
    }

    [Fact]
    public async Task AnInvite_OnOwnersRoutes_IsRefused()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        var annotator = await host.InviteAsync();
        using var client = host.Client();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", annotator.Token);
        client.DefaultRequestHeaders.Add(RouteRunner.InviteHeader, annotator.Token);
        await RankingTests.AssertProblemAsync(await client.GetAsync("/api/campaigns"), HttpStatusCode.Unauthorized, "owner-only");
    }

    [Fact]
    public async Task OpenApi_Document_ListsEveryRouteOfTheTable()
    {
        await using var host = await WebHost.StartAsync();
        using var document = JsonDocument.Parse(await host.Client().GetStringAsync("/api/openapi.json"));
        var listed = document.RootElement.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Select(m => $"{m.Name.ToUpperInvariant()} {p.Name}")).Order();
        Assert.Equal(RouteTable.All.Where(r => !r.IsPage).Select(r => $"{r.Method} /{r.Pattern}").Order(), listed);
        var task = document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty("NextResponse").GetProperty("properties").GetProperty("task");
        Assert.Equal("string", task.GetProperty("properties").GetProperty("comparison").GetProperty("type").GetString());
        Assert.All(References(document.RootElement), reference => Assert.StartsWith("#/components/schemas/", reference));
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => p.NameEquals("$ref") ? [p.Value.GetString()!] : References(p.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };

    [Theory]
    [InlineData("Origin", "http://evil.example", HttpStatusCode.Forbidden, "foreign-origin")]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden, "foreign-origin")]
    [InlineData("Host", "evil.example", HttpStatusCode.MisdirectedRequest, "host-not-allowed")]
    public async Task Write_FromElsewhere_IsRefusedEvenWithTheToken(string header, string value, HttpStatusCode status, string code)
    {
        await using var host = await WebHost.StartAsync();
        using var client = host.Owner();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/campaigns") { Content = Json("""{"title":"x"}""") };
        request.Headers.TryAddWithoutValidation(header, value);
        await RankingTests.AssertProblemAsync(await client.SendAsync(request), status, code);
    }

    [Fact]
    public async Task Write_NotJson_IsRefused()
    {
        await using var host = await WebHost.StartAsync();
        using var client = host.Owner();
        using var form = new FormUrlEncodedContent([new("title", "x")]);
        await RankingTests.AssertProblemAsync(await client.PostAsync("/api/campaigns", form), HttpStatusCode.UnsupportedMediaType, "json-only");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Write_TooLarge_IsRefusedAtTheDoor(bool chunked)
    {
        await using var host = await WebHost.StartAsync();
        using var client = host.Owner();
        using var content = Json($$"""{"title":"{{new string('x', 300_000)}}"}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/campaigns") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        await RankingTests.AssertProblemAsync(await client.SendAsync(request), HttpStatusCode.RequestEntityTooLarge, "body-too-large");
    }

    [Theory]
    [InlineData("/api/nothing", "no-such-address")]
    [InlineData("/pages/../secret", "no-such-address")]
    [InlineData("/pages/label/none.js", "no-such-file")]
    [InlineData("/api/campaigns/none", "campaign-not-found")]
    [InlineData("/api/runs/none-run1", "run-not-found")]
    public async Task Read_NotThere_IsAProblemDocument(string path, string code)
    {
        await using var host = await WebHost.StartAsync();
        await RankingTests.AssertProblemAsync(await host.Owner().GetAsync(path), HttpStatusCode.NotFound, code);
    }

    [Fact]
    public async Task Read_IdThatIsNone_IsRefusedByName()
    {
        await using var host = await WebHost.StartAsync();
        var problem = await RankingTests.AssertProblemAsync(await host.Owner().GetAsync("/api/campaigns/Not_An_Id"), HttpStatusCode.BadRequest, "invalid-id");
        Assert.Contains("Not_An_Id", problem.Detail);
    }

    [Fact]
    public async Task Failure_Unknown_SaysNothingButATraceId()
    {
        var broken = new BrokenTables();
        await using var host = await WebHost.StartAsync(broken.Decorate);
        broken.IsBroken = true;
        var problem = await RankingTests.AssertProblemAsync(await host.Owner().GetAsync("/api/campaigns"), HttpStatusCode.InternalServerError, "internal-error");
        Assert.NotEmpty(problem.TraceId!);
        Assert.DoesNotContain(BrokenTables.Secret, JsonSerializer.Serialize(problem));
    }

    [Fact]
    public async Task Pages_AllFiles_AreServedWithETagAndPolicyAndNotSentTwice()
    {
        await using var host = await WebHost.StartAsync();
        using var client = host.Client();
        foreach (var path in new[] { "/", "/label", "/campaign", "/run", "/arena", "/pages/shared/tokens.css", "/pages/label/label.js" })
        {
            using var first = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
            Assert.Contains("script-src 'self'", first.Headers.GetValues("Content-Security-Policy").Single());
            Assert.DoesNotContain("'unsafe-inline'; img", path == "/run" ? "" : first.Headers.GetValues("Content-Security-Policy").Single());
            Assert.Equal("nosniff", first.Headers.GetValues("X-Content-Type-Options").Single());
            using var again = new HttpRequestMessage(HttpMethod.Get, path);
            again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
            Assert.Equal(HttpStatusCode.NotModified, (await client.SendAsync(again)).StatusCode);
        }
    }

    [Fact]
    public async Task Pages_NoFile_HasInlineScriptOrStyleOrMarkupFromText()
    {
        await using var host = await WebHost.StartAsync();
        using var client = host.Client();
        foreach (var page in new[] { "/", "/label", "/campaign", "/run", "/arena" })
        {
            var html = await client.GetStringAsync(page);
            Assert.DoesNotContain("<style", html);
            Assert.DoesNotContain(" style=", html);
            Assert.DoesNotContain(" onclick", html);
            Assert.DoesNotMatch("<script(?![^>]* src=)", html);
        }
        // What others wrote stands there whole, held to its published hash (VendorTests); a sanitizer has to make markup.
        var scripts = typeof(RouteTable).Assembly.GetManifestResourceNames().Where(n => n.EndsWith(".js", StringComparison.Ordinal) && !n.Contains("/vendor/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(scripts);
        foreach (var script in scripts)
        {
            using var reader = new StreamReader(typeof(RouteTable).Assembly.GetManifestResourceStream(script)!);
            var text = await reader.ReadToEndAsync();
            foreach (var forbidden in new[] { "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(" }) Assert.DoesNotContain(forbidden, text);
        }
    }

    [Fact]
    public async Task Invites_Route_MakesALinkWithTheTokenInItsFragment()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        using var client = host.Owner();
        using var response = await client.PostAsync("/api/campaigns/support/invites", Json("""{"name":"Mara","kind":"simulated","annotator":"mara"}"""));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var invite = await WebHost.ReadAsync<InviteResponse>(response);
        Assert.Equal($"{host.Address}label#{invite.Token}", invite.Link);
        Assert.Equal(AnnotatorKind.Simulated, invite.Kind);
        var list = await WebHost.ReadAsync<InviteListResponse>(await client.GetAsync("/api/campaigns/support/invites"));
        Assert.Equal(("mara", "Mara", InviteState.Active), (list.Invites[0].Annotator.Value, list.Invites[0].Name, list.Invites[0].State));
        await RankingTests.AssertProblemAsync(await client.PostAsync("/api/campaigns/support/invites", Json("""{"kind":"person","annotator":"mara"}""")), HttpStatusCode.Conflict, "annotator-kind-fixed");
        foreach (var days in new[] { 0, 366, int.MaxValue, int.MinValue })
            await RankingTests.AssertProblemAsync(await client.PostAsync("/api/campaigns/support/invites", Json($$"""{"validDays":{{days}}}""")), HttpStatusCode.BadRequest, "invalid-invite");
    }

    [Theory]
    [InlineData("""{"title":"One answer","answers":1}""", "invalid-answers")]
    [InlineData("""{"title":"No overlap","overlap":0}""", "invalid-overlap")]
    [InlineData("""{"title":"Too few people","overlap":3,"annotators":2}""", "overlap-above-annotators")]
    [InlineData("""{"title":"!!!"}""", "no-campaign-id")]
    [InlineData("""{"title":42}""", "invalid-json")]
    public async Task CreateCampaign_ImpossibleSettings_AreRefusedByName(string body, string code)
    {
        await using var host = await WebHost.StartAsync();
        await RankingTests.AssertProblemAsync(await host.Owner().PostAsync("/api/campaigns", Json(body)), HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task ReadCampaign_StorageFailsOrAnEndpointIsAway_SaysSo()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        using var client = host.Owner();
        async Task<CampaignResponse> ReadAsync() => await WebHost.ReadAsync<CampaignResponse>(await client.GetAsync("/api/campaigns/support"));
        Assert.Null((await ReadAsync()).Storage);

        var since = DateTimeOffset.UtcNow;
        host.Get<Rlhf.Storage.StorageHealth>().Failed("write rows", Rlhf.Storage.StorageErrors.Full("tables.db", new IOException("full")));
        await host.Get<CampaignStore>().UpdateAsync(WebHost.Campaign, c => c with { Trouble = new("endpoint-unreachable", "It is away.", "Look.", since) });

        var read = await ReadAsync();
        Assert.Contains("No space left", read.Storage!.Message);
        Assert.Equal("It is away.", read.Campaign.Trouble!.Message);
    }

    [Fact]
    public async Task Prompts_SameNameTwice_AreBothReadWhole()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        using var client = host.Owner();
        for (var i = 0; i < 2; i++)
        {
            using var file = new StringContent($"{{\"prompt\":\"Message {i}\"}}\nnot json\n", Encoding.UTF8, "application/jsonl");
            var report = await WebHost.ReadAsync<Rlhf.Prompts.IngestReport>(await client.PostAsync("/api/campaigns/support/prompts?name=messages.jsonl", file));
            Assert.Equal((1, 1), (report.Accepted, report.Rejected));
        }
    }

    [Fact]
    public async Task Simulate_HostWithoutSimulation_IsNotImplemented()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        await RankingTests.AssertProblemAsync(await host.Owner().PostAsync("/api/campaigns/support/simulate", null), HttpStatusCode.NotImplemented, "simulation-unavailable");
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static HttpRequestMessage Request(ApiRoute route, string? token)
    {
        var path = "/" + route.Pattern.Replace("{campaign}", "support").Replace("{comparison}", "c1").Replace("{annotator}", "a1").Replace("{run}", "support-run1");
        var request = new HttpRequestMessage(new HttpMethod(route.Method), path);
        if (route.Request is not null) request.Content = Json("{}");
        if (token is not null && route.Policy == AccessPolicy.Owner) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (token is not null && route.Policy == AccessPolicy.Annotator) request.Headers.Add(RouteRunner.InviteHeader, token);
        return request;
    }
}
