using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Labeling.Serving;
using Rlhf.Local.Tests.Labeling;
using Rlhf.Preferences;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.Web;

/// <summary>A campaign's settings, seen and changed while it goes on.</summary>
public sealed class SettingsRouteTests
{
    private const string Path = "/api/campaigns/support/settings";

    [Fact]
    public async Task Change_NamedMembers_AreChangedAndTheRestStays()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1, form: new() { Scale = 4, DailyCap = 100 });
        var before = await ReadAsync(host);
        var changed = await WebHost.ReadAsync<SettingsResponse>(await PatchAsync(host, """
            {"overlap": 2, "sharing": {"share": 0.25}, "checks": {"practiceItems": 3}, "form": {"breakAfter": null, "dailyCap": null}, "trainOn": ["person", "llm"]}
            """, before.Version));
        Assert.NotEqual(before.Version, changed.Version);
        var settings = (await host.Get<CampaignStore>().GetAsync(WebHost.Campaign)).Settings;
        Assert.Equal((2, new SharingSettings(0.25, 3, 5, 3), 3), (settings.Overlap, settings.Sharing, settings.Checks.PracticeItems));
        Assert.Equal(new LabelFormSettings { Scale = 4, BreakAfter = null }, settings.Form);
        Assert.Equal([AnnotatorKind.Person, AnnotatorKind.Llm], settings.TrainOn);
        Assert.Equal(before.Settings.Title, settings.Title);
        Assert.All(changed.Changes, change => Assert.Equal("owner", change.By));
        Assert.Contains(changed.Changes, c => c is { Setting: "sharing.share", From: "0.1", To: "0.25" });
        Assert.Contains(changed.Changes, c => c is { Setting: "form.dailyCap", From: "100", To: null });
        Assert.Equal(["checks.practiceItems", "form.breakAfter", "form.dailyCap", "overlap", "sharing.share", "trainOn"], changed.Changes.Select(c => c.Setting).Order());
    }

    [Fact]
    public async Task Change_SomebodyElseWasFaster_IsRefusedAndChangesNothing()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        var (mine, answer) = (await ReadAsync(host), await host.Owner().GetAsync(Path));
        Assert.Equal($"\"{mine.Version}\"", answer.Headers.ETag?.Tag);
        Assert.Equal(HttpStatusCode.OK, (await PatchAsync(host, """{"title": "Theirs"}""")).StatusCode);
        await RankingTests.AssertProblemAsync(await PatchAsync(host, """{"title": "Mine"}""", mine.Version), HttpStatusCode.PreconditionFailed, "settings-changed");
        Assert.Equal("Theirs", (await ReadAsync(host)).Settings.Title);
    }

    [Theory]
    [InlineData("""{"overlap": 0}""", "invalid-overlap", "overlap")]
    [InlineData("""{"overlap": "two"}""", "invalid-settings", "overlap")]
    [InlineData("""{"overlap": null}""", "invalid-settings", "overlap")]
    [InlineData("""{"sharing": {"share": 1.5}}""", "invalid-settings", "sharing.share")]
    [InlineData("""{"sharing": {"most": 0}}""", "invalid-settings", "sharing.most")]
    [InlineData("""{"checks": {"goldShare": 0.6}}""", "invalid-settings", "checks.goldShare")]
    [InlineData("""{"checks": {"concernBelow": 70}}""", "invalid-settings", "checks.concernBelow")]
    [InlineData("""{"form": {"dailyCap": 0}}""", "invalid-form", "form.dailyCap")]
    [InlineData("""{"form": {"breakAfter": "00:00:10"}}""", "invalid-form", "form.breakAfter")]
    [InlineData("""{"voting": "loudest"}""", "invalid-settings", "voting")]
    [InlineData("""{"trainOn": []}""", "invalid-settings", "trainOn")]
    [InlineData("""{"lease": "00:00:01"}""", "invalid-settings", "lease")]
    [InlineData("""{"title": ""}""", "invalid-settings", "title")]
    [InlineData("""{"title": null}""", "invalid-settings", "title")]
    [InlineData("""{"sharing": null}""", "invalid-settings", "sharing")]
    [InlineData("""{"checks": null}""", "invalid-settings", "checks")]
    [InlineData("""{"form": null}""", "invalid-settings", "form")]
    [InlineData("""{"trainOn": null}""", "invalid-settings", "trainOn")]
    [InlineData("""{"colour": "red"}""", "invalid-settings", "colour")]
    [InlineData("""{"answers": 3}""", "setting-fixed", "answers")]
    [InlineData("""{"form": {"scale": 7}}""", "setting-fixed", "form.scale")]
    [InlineData("""{"form": {"manyAnswers": "bestAndWorst"}}""", "setting-fixed", "form.manyAnswers")]
    [InlineData("""{"form": {"comments": false}}""", "setting-fixed", "form.comments")]
    public async Task Change_WrongValue_IsRefusedWithItsField(string patch, string code, string field)
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        var problem = await RankingTests.AssertProblemAsync(await PatchAsync(host, patch), code == "setting-fixed" ? HttpStatusCode.Conflict : HttpStatusCode.BadRequest, code);
        Assert.Equal(field, problem.Field);
        Assert.Empty((await host.Get<CampaignStore>().GetAsync(WebHost.Campaign)).Changes);
    }

    [Fact]
    public async Task Change_Cancelled_IsRefused()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        await host.Get<CampaignService>().CancelAsync(WebHost.Campaign, "over");
        Assert.Equal(HttpStatusCode.Conflict, (await PatchAsync(host, """{"voting": "allVotes"}""")).StatusCode);
    }

    [Fact]
    public async Task Change_Voting_WritesThePairsAnew()
    {
        await using var host = await WebHost.StartAsync();
        var comparison = (await host.PublishAsync(count: 1, overlap: 3))[0];
        var batches = host.Get<BatchStore>();
        foreach (var (best, worst) in new[] { ("a", "b"), ("a", "b"), ("b", "a") })
            await host.Get<RankingStore>().TryInsertAsync(new(comparison.Id, comparison.Batch, AnnotatorId.From(Guid.NewGuid().ToString("n")), AnnotatorKind.Person, RankingOutcome.Ranked, [[best], [worst]], ["a", "b"], DateTimeOffset.UtcNow));
        Assert.Equal(1, (await host.Get<PairStore>().RefreshAsync(WebHost.Campaign, comparison.Batch)).Pairs);
        await PatchAsync(host, """{"voting": "allVotes"}""");
        var pairs = (await batches.GetAsync(WebHost.Campaign, comparison.Batch)).Pairs!;
        Assert.Equal((3, 2), (pairs.Pairs, pairs.Revision));
    }

    [Fact]
    public async Task Change_TrainOn_LeavesOtherKindsOut()
    {
        await using var host = await WebHost.StartAsync();
        var comparison = (await host.PublishAsync(count: 1))[0];
        await host.Get<RankingStore>().TryInsertAsync(new(comparison.Id, comparison.Batch, AnnotatorId.From("sim"), AnnotatorKind.Simulated, RankingOutcome.Ranked, [["a"], ["b"]], ["a", "b"], DateTimeOffset.UtcNow));
        Assert.Equal(0, (await host.Get<PairStore>().RefreshAsync(WebHost.Campaign, comparison.Batch)).Pairs);
        await PatchAsync(host, """{"trainOn": ["person", "simulated"]}""");
        Assert.Equal(1, (await host.Get<BatchStore>().GetAsync(WebHost.Campaign, comparison.Batch)).Pairs!.Pairs);
    }

    [Fact]
    public async Task Change_LowerOverlap_HoldsForWhatIsOpenAndAHigherOneDoesNot()
    {
        await using var host = await WebHost.StartAsync();
        var comparison = (await host.PublishAsync(count: 1, overlap: 3))[0];
        var (first, second) = (await host.InviteAsync(), await host.InviteAsync());
        await first.RankAsync((await first.NextAsync()).Task!);
        await PatchAsync(host, """{"overlap": 4, "sharing": {"overlap": 4}}""");
        Assert.Equal(3, await AskedAsync(host, comparison));
        await PatchAsync(host, """{"overlap": 2, "sharing": {"overlap": 2}}""");
        Assert.Equal(2, await AskedAsync(host, comparison));
        Assert.NotNull((await second.NextAsync()).Task);
        await PatchAsync(host, """{"overlap": 1, "sharing": {"overlap": 1}}""");
        Assert.Equal(1, await AskedAsync(host, comparison));
        Assert.Null((await (await host.InviteAsync()).NextAsync()).Task);
        Assert.Contains((comparison.Batch.Value, Rlhf.Orchestrations.EventNames.CampaignChanged), host.Orchestrations.Raised);
    }

    [Fact]
    public async Task Change_OverlapAlone_HoldsForWhatIsNotShared()
    {
        await using var host = await WebHost.StartAsync();
        var comparison = (await host.PublishAsync(count: 1, overlap: 3))[0];
        await PatchAsync(host, """{"overlap": 1}""");
        Assert.Equal(1, await AskedAsync(host, comparison));
    }

    [Fact]
    public async Task Change_OverlapLoweredAndRaisedAgain_AsksWhatIsOpenOfAllAgain()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 2, overlap: 2);
        var people = new[] { await host.InviteAsync(), await host.InviteAsync() };
        var first = (await people[0].NextAsync()).Task!;
        await people[0].RankAsync(first);
        await PatchAsync(host, """{"overlap": 1}""");
        // A later claim takes what is complete along; the other row stands there.
        await host.Get<OpenStore>().RemoveAsync(WebHost.Campaign, published.Where(c => c.Id == first.Comparison), TestContext.Current.CancellationToken);
        await PatchAsync(host, """{"overlap": 2}""");
        foreach (var person in people)
            while ((await person.NextAsync()).Task is { } task) Assert.False((await person.RankAsync(task)).Extra);
        var ranked = await host.Get<RankingStore>().ReadBatchAsync(published[0].Batch);
        Assert.All(published, c => Assert.Equal(2, ranked.Count(r => r.Comparison == c.Id)));
    }

    [Fact]
    public async Task Change_SentAgain_IsDoneAgainThoughItsVersionIsGone()
    {
        await using var host = await WebHost.StartAsync();
        var comparison = (await host.PublishAsync(count: 1, overlap: 2))[0];
        var before = await ReadAsync(host);
        Assert.Equal(HttpStatusCode.OK, (await PatchAsync(host, """{"overlap": 1}""", before.Version)).StatusCode);
        // As if the process had ended between the settings and what follows them.
        await host.Get<OpenStore>().ChangeAsync(WebHost.Campaign, comparison, r => r with { Overlap = 2 }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, (await PatchAsync(host, """{"overlap": 1}""", before.Version)).StatusCode);
        Assert.Equal(1, await AskedAsync(host, comparison));
        Assert.Single((await ReadAsync(host)).Changes);
    }

    [Fact]
    public async Task Change_JudgeTemplateAndServer_WhereThatIsSafe()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        Assert.Equal(HttpStatusCode.OK, (await PatchAsync(host, $$$"""{"labelTemplate": {{{JsonSerializer.Serialize(Template("one"))}}}, "llmJudge": {"name": "gpt", "kind": "openAI", "model": "gpt-4o"}, "labelStudio": {"url": "https://labels.example.org", "project": 7}}""")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PatchAsync(host, $$$"""{"labelTemplate": {{{JsonSerializer.Serialize(Template("two"))}}}, "llmJudge": {"model": "gpt-5"}, "labelStudio": {"pollEvery": "00:01:00"}}""")).StatusCode);
        var settings = (await host.Get<CampaignStore>().GetAsync(WebHost.Campaign)).Settings;
        Assert.Equal((Template("two"), "gpt", "gpt-5", 7, TimeSpan.FromMinutes(1)), (settings.LabelTemplate, settings.LlmJudge!.Name, settings.LlmJudge.Model, settings.LabelStudio!.Project, settings.LabelStudio.PollEvery));
        foreach (var (patch, field) in new[] { ("""{"labelTemplate": " "}""", "labelTemplate"), ("""{"labelStudio": null}""", "labelStudio.url"), ("""{"labelStudio": {"project": 8}}""", "labelStudio.project") })
            Assert.Equal(field, (await RankingTests.AssertProblemAsync(await PatchAsync(host, patch), HttpStatusCode.Conflict, "setting-fixed")).Field);
        Assert.Equal(HttpStatusCode.OK, (await PatchAsync(host, """{"llmJudge": null}""")).StatusCode);
        Assert.Null((await host.Get<CampaignStore>().GetAsync(WebHost.Campaign)).Settings.LlmJudge);
    }

    [Theory]
    [InlineData("""{"llmJudge": {"name": "gpt", "kind": "openAI", "model": ""}}""", "invalid-settings", "llmJudge.model")]
    [InlineData("""{"llmJudge": {"name": "", "kind": "openAI", "model": "gpt-4o"}}""", "invalid-settings", "llmJudge.name")]
    [InlineData("""{"llmJudge": {"name": "gpt", "kind": "openAI", "model": "gpt-4o", "endpoint": "nowhere"}}""", "invalid-settings", "llmJudge.endpoint")]
    [InlineData("""{"llmJudge": {"name": "gpt", "kind": "", "model": "gpt-4o"}}""", "invalid-settings", "llmJudge.kind")]
    [InlineData("""{"labelTemplate": "<View/>"}""", "broken-template", "labelTemplate")]
    public async Task Change_WrongJudgeOrTemplate_IsRefusedWithItsField(string patch, string code, string field)
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        Assert.Equal(field, (await RankingTests.AssertProblemAsync(await PatchAsync(host, patch), HttpStatusCode.BadRequest, code)).Field);
    }

    private static string Template(string name) =>
        $"""<View><Text name="p" value="$prompt"/><Text name="answer1" value="$answer1"/><Text name="answer2" value="$answer2"/><Pairwise name="{name}" toName="answer1,answer2"/></View>""";

    private static async Task<int?> AskedAsync(WebHost host, Comparison comparison) =>
        (await host.Get<OpenStore>().FindAsync(WebHost.Campaign, comparison, CancellationToken.None))?.Row.Overlap;

    private static async Task<SettingsResponse> ReadAsync(WebHost host) => await WebHost.ReadAsync<SettingsResponse>(await host.Owner().GetAsync(Path));

    private static async Task<HttpResponseMessage> PatchAsync(WebHost host, string patch, string? version = null)
    {
        using var client = host.Owner();
        using var request = new HttpRequestMessage(HttpMethod.Patch, Path) { Content = new StringContent(patch, Encoding.UTF8, "application/json") };
        if (version is not null) request.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{version}\""));
        return await client.SendAsync(request);
    }
}
