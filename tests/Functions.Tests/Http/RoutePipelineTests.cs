using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rlhf.Contracts;
using Rlhf.Functions.Hosting;
using Rlhf.Functions.Http;
using Rlhf.Json;
using Rlhf.Labeling;
using Rlhf.Labeling.Invites;
using Rlhf.Local.Storage;
using Rlhf.Storage;
using Rlhf.Storage.Files;
using Rlhf.Web;
using Rlhf.Web.Routing;

namespace Rlhf.Functions.Tests.Http;

/// <summary>What the one HTTP function does with a request, on real storage.</summary>
public sealed class RoutePipelineTests : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly SqliteTableStore tables;
    private readonly ServiceProvider services;

    public RoutePipelineTests()
    {
        tables = new(folder.File("tables.db"));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            [AppSettings.Storage] = "UseDevelopmentStorage=true",
            [AppSettings.OwnerToken] = "sixteen-or-more-characters",
            [AppSettings.SigningKeys] = """[{"id":"k1","secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]""",
            [AppSettings.AllowedHosts] = "localhost",
        }).Build();
        services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddFunctionsHost(configuration)
            .AddSingleton<IBlobStore>(new FileBlobStore(folder.File("blobs"))).AddSingleton<ITableStore>(tables)
            .AddSingleton(new DiagnosticListener("test")).BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        tables.Dispose();
        folder.Dispose();
    }

    /// <summary>The local host maps the same table by the same call: what it serves is what this serves.</summary>
    [Fact]
    public void Endpoints_AreTheRouteTable_AndAFallback()
    {
        var endpoints = new Endpoints(services);
        endpoints.MapRlhf();
        var mapped = endpoints.DataSources.SelectMany(d => d.Endpoints).Cast<RouteEndpoint>().ToList();
        var listed = mapped.SelectMany(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Select(m => $"{m} {e.RoutePattern.RawText}") ?? []);
        Assert.Equal(RouteTable.All.Select(r => $"{r.Method} /{r.Pattern}").Order(), listed.Order());
        Assert.All(RouteTable.All, r => Assert.True(Enum.IsDefined(r.Policy)));
        Assert.Equal(RouteTable.All.Count + 1, mapped.Count);
    }

    [Fact]
    public async Task Request_EveryRouteThatIsNotOpen_IsRefusedWithoutAToken()
    {
        foreach (var route in RouteTable.All.Where(r => r.Policy != AccessPolicy.Anonymous))
        {
            var path = "/" + route.Pattern.Replace("{campaign}", "c1", StringComparison.Ordinal).Replace("{comparison}", "c1-r1-b00001-001", StringComparison.Ordinal)
                .Replace("{run}", "c1-run1", StringComparison.Ordinal).Replace("{annotator}", "a1", StringComparison.Ordinal);
            var problem = await ProblemAsync(route.Method, path, StatusCodes.Status401Unauthorized);
            Assert.Equal(route.Policy switch { AccessPolicy.Owner => "owner-only", AccessPolicy.Webhook => "webhook-refused", _ => "invite-invalid" }, problem.Code);
        }
    }

    [Fact]
    public async Task Request_APageAndItsParts_AreServed()
    {
        Assert.Equal("text/html; charset=utf-8", (await SendAsync("GET", "/")).Response.ContentType);
        Assert.Equal("text/javascript; charset=utf-8", (await SendAsync("GET", "/pages/shared/owner.js")).Response.ContentType);
    }

    [Fact]
    public async Task Request_WithATokenThatWasRevokedBeforeItsInviteWasRenewed_IsRefused()
    {
        var (invites, campaign, annotator) = (services.GetRequiredService<InviteService>(), new CampaignId("c1"), new AnnotatorId("mara"));
        var (_, leaked) = await invites.CreateAsync(campaign, AnnotatorKind.Person, null, TimeSpan.FromDays(1), annotator);
        await invites.RevokeAsync(campaign, annotator);
        var (_, renewed) = await invites.CreateAsync(campaign, AnnotatorKind.Person, null, TimeSpan.FromDays(1), annotator);
        Assert.Equal("invite-revoked", (await ProblemAsync("GET", "/api/campaigns/c1/next", StatusCodes.Status401Unauthorized, invite: leaked)).Code);
        // Let in: there is no such campaign.
        Assert.Equal("campaign-not-found", (await ProblemAsync("GET", "/api/campaigns/c1/next", StatusCodes.Status404NotFound, invite: renewed)).Code);
    }

    [Theory]
    [InlineData("GET", "/nothing/here", 404, "no-such-address")]
    [InlineData("PATCH", "/api/campaigns", 404, "no-such-address")]
    [InlineData("GET", "/pages/no-such.js", 404, "no-such-file")]
    public async Task Request_NothingThere_IsAProblemDocument(string method, string path, int status, string code) =>
        Assert.Equal(code, (await ProblemAsync(method, path, status)).Code);

    [Fact]
    public async Task Request_AnotherHostName_IsRefused() =>
        Assert.Equal("host-not-allowed", (await ProblemAsync("GET", "/", StatusCodes.Status421MisdirectedRequest, host: "elsewhere.example")).Code);

    private async Task<ProblemDocument> ProblemAsync(string method, string path, int status, string host = "localhost", string? invite = null)
    {
        var http = await SendAsync(method, path, host, invite);
        var text = Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray());
        Assert.True(http.Response.StatusCode == status, $"{method} {path}: {http.Response.StatusCode} {text}");
        Assert.Equal("application/problem+json", http.Response.ContentType);
        return JsonSerializer.Deserialize<ProblemDocument>(text, RlhfJson.Options)!;
    }

    /// <summary>As the worker hands it over: matched to the catch-all, with its route value.</summary>
    private async Task<HttpContext> SendAsync(string method, string path, string host = "localhost", string? invite = null)
    {
        var http = new DefaultHttpContext { RequestServices = services };
        (http.Request.Method, http.Request.Path, http.Request.Scheme, http.Request.Host) = (method, path, "http", new(host));
        http.Request.ContentType = method == "GET" ? null : "application/json";
        if (invite is not null) http.Request.Headers[RouteRunner.InviteHeader] = invite;
        http.Request.RouteValues["path"] = path[1..];
        http.SetEndpoint(new Endpoint(_ => throw new InvalidOperationException("The worker's own endpoint was called again."), EndpointMetadataCollection.Empty, "Http"));
        http.Response.Body = new MemoryStream();
        await services.GetRequiredService<RoutePipeline>().RunAsync(http);
        return http;
    }

    private sealed class Endpoints(IServiceProvider services) : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider => services;

        public ICollection<EndpointDataSource> DataSources { get; } = [];

        public IApplicationBuilder CreateApplicationBuilder() => new ApplicationBuilder(services);
    }
}
