using System.Net;
using System.Text;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Labeling.Serving;
using Rlhf.Local.Tests.Web;
using Rlhf.Orchestrations;
using Rlhf.Preferences;
using Rlhf.Storage;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.Labeling;

public sealed class QualityTests
{
    [Fact]
    public async Task Quality_ByHttp_SaysHowAnnotatorsAndGeneratorsDo()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 30, overlap: 2);
        await RankAllAsync(await host.InviteAsync("ada"), published, best: "a");
        await RankAllAsync(await host.InviteAsync("ben"), published, best: "a", except: 6);
        var quality = await ReadAsync(host);
        Assert.Equal((30, 0.8, 30), (quality.Agreement.Comparisons, Math.Round(quality.Agreement.Raw!.Value, 9), quality.Agreement.Raw.Count));
        Assert.Equal(["secret-generator-one", "secret-generator-two"], quality.Generators.Select(g => g.Generator));
        Assert.Equal((54, 0, 6), (quality.Generators[0].Wins, quality.Generators[0].Ties, quality.Generators[0].Losses));
        Assert.Equal(0.9, quality.Generators[0].WinShare.Value, 2);
        Assert.Equal(["ada", "ben"], quality.Annotators.Select(a => a.Figures.Annotator.Value));
        Assert.All(quality.Annotators, a => Assert.Equal((30, 0.8, false, TimeSpan.FromSeconds(4)), (a.Figures.Rankings, Math.Round(a.Figures.Agreement!.Value, 9), a.IsExcluded, a.Figures.MedianTime)));
    }

    [Fact]
    public async Task Pause_AnAnnotator_IsToldPolitelyMayHandInAndGoesOnWhenResumed()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 3, overlap: 2);
        var (ada, ben) = (await host.InviteAsync("ada"), await host.InviteAsync("ben"));
        var inHand = (await ada.NextAsync()).Task!;
        await PostAsync(host, "annotators/ada/pause", HttpStatusCode.NoContent);

        Assert.False((await ada.RankAsync(inHand)).Extra);
        var told = await ada.NextAsync();
        Assert.Equal(NextStatus.Paused, told.Status);
        Assert.Contains("Thank you", told.Reason);
        // Nobody waits for who is not asked: what only the paused one could still do counts as nobody's.
        for (var i = 0; i < 3; i++) await ben.RankAsync((await ben.NextAsync()).Task!);
        Assert.Equal(NextStatus.Exhausted, (await ben.NextAsync()).Status);
        Assert.Equal(2, (await host.Get<CampaignService>().GetProgressAsync(WebHost.Campaign)).Exhausted);

        await PostAsync(host, "annotators/ada/resume", HttpStatusCode.NoContent);
        Assert.Equal(NextStatus.Task, (await ada.NextAsync()).Status);
    }

    [Fact]
    public async Task Exclude_AnAnnotator_PairsAndAgreementFollowAndComeBack()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 10, overlap: 3);
        foreach (var (name, best) in new[] { ("ada", "a"), ("ben", "b"), ("contrary", "b") }) await RankAllAsync(await host.InviteAsync(name), published, best);
        await host.Create<EndBatch>().RunAsync(new(WebHost.Campaign, published[0].Batch, BatchEnd.Complete), CancellationToken.None);
        var before = await PairsAsync(host, published[0].Batch);
        Assert.Equal((1, 10), (before.Revision, before.Pairs));

        await PostAsync(host, "annotators/contrary/exclude", HttpStatusCode.NoContent);
        var without = await PairsAsync(host, published[0].Batch);
        Assert.Equal((2, 0, 10), (without.Revision, without.Pairs, without.Ties));
        var quality = await ReadAsync(host);
        Assert.True(quality.Annotators.Single(a => a.Figures.Annotator.Value == "contrary").IsExcluded);
        Assert.Equal(0, quality.Agreement.Raw!.Value);

        await PostAsync(host, "annotators/contrary/include", HttpStatusCode.NoContent);
        var again = await PairsAsync(host, published[0].Batch);
        Assert.Equal((3, before.Hash), (again.Revision, again.Hash));
    }

    [Fact]
    public async Task Exclude_WhoFilledPlacesOfAnOpenBatch_SomebodyElseIsAskedAndNobodyTwice()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 4);
        var (ada, ben) = (await host.InviteAsync("ada"), await host.InviteAsync("ben"));
        for (var i = 0; i < 2; i++) await ada.RankAsync((await ada.NextAsync()).Task!);
        var inHand = (await ada.NextAsync()).Task!;
        await PostAsync(host, "annotators/ada/exclude", HttpStatusCode.NoContent);
        Assert.Equal(4, (await ProgressAsync(host)).Open);
        // What was on the screen is kept, and fills no place either.
        Assert.False((await ada.RankAsync(inHand)).Extra);
        Assert.Equal(4, (await ProgressAsync(host)).Open);
        Assert.Equal(NextStatus.Paused, (await ada.NextAsync()).Status);

        var given = new List<ComparisonId>();
        while ((await ben.NextAsync()).Task is { } task)
        {
            given.Add(task.Comparison);
            await ben.RankAsync(task);
        }
        Assert.Equal(published.Select(c => c.Id.Value).Order(), given.Select(id => id.Value).Order());
        var rows = await host.Get<OpenStore>().ReadPagesAsync(WebHost.Campaign, CancellationToken.None).SelectMany(page => page.ToAsyncEnumerable()).ToListAsync();
        Assert.Equal(rows.Count, rows.Select(r => r.Row.Comparison).Distinct().Count());
        Assert.Equal(0, (await host.Create<LookAtBatch>().RunAsync(new(WebHost.Campaign, published[0].Batch), CancellationToken.None)).Open);

        await PostAsync(host, "annotators/ada/include", HttpStatusCode.NoContent);
        Assert.Equal(NextStatus.Done, (await ada.NextAsync()).Status);
        Assert.Equal(7, (await host.Get<RankingStore>().ReadBatchAsync(published[0].Batch)).Count(r => !r.Extra));
    }

    [Fact]
    public async Task Exclude_OneOfTwoWhoDisagreed_OneMoreIsAskedAndNotTwo()
    {
        await using var host = await WebHost.StartAsync();
        var comparison = (await host.PublishAsync(count: 1, overlap: 2, change: c => c with { Most = 5 }))[0];
        var (ada, ben, chioma, dora) = (await host.InviteAsync("ada"), await host.InviteAsync("ben"), await host.InviteAsync("chioma"), await host.InviteAsync("dora"));
        foreach (var (annotator, outcome) in new[] { (ada, RankingOutcome.BothBad), (ben, RankingOutcome.Ranked) })
            await annotator.RankAsync((await annotator.NextAsync()).Task!.Comparison, new(outcome, outcome == RankingOutcome.Ranked ? [["1", "2"]] : null));
        await PostAsync(host, "annotators/ada/exclude", HttpStatusCode.NoContent);
        await chioma.RankAsync((await chioma.NextAsync()).Task!.Comparison, new(RankingOutcome.Ranked, [["1", "2"]]));
        Assert.Equal(NextStatus.Done, (await dora.NextAsync()).Status);
        Assert.Equal(0, (await ProgressAsync(host)).Open);
        Assert.Equal(comparison.Id, Assert.Single(await host.Get<RankingStore>().ReadBatchAsync(comparison.Batch), r => r.Annotator.Value == "chioma").Comparison);
    }

    [Fact]
    public async Task Exclude_HostDiedBeforeThePlacesWereFree_TheNextLookFreesThem()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 2);
        var (ada, ben) = (await host.InviteAsync("ada"), await host.InviteAsync("ben"));
        for (var i = 0; i < 2; i++) await ada.RankAsync((await ada.NextAsync()).Task!);
        await host.Get<CampaignStore>().UpdateAsync(WebHost.Campaign, c => c with { ExcludedAnnotators = [ada.Invite.Annotator] });
        Assert.Equal(2, (await host.Create<LookAtBatch>().RunAsync(new(WebHost.Campaign, published[0].Batch), CancellationToken.None)).Open);
        for (var i = 0; i < 2; i++) await ben.RankAsync((await ben.NextAsync()).Task!);
        Assert.Equal(0, (await ProgressAsync(host)).Open);
    }

    [Fact]
    public async Task Exclude_WhoAloneRankedABatchThatEnded_IsSaidAndAReviewerMayDecide()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 3);
        await RankAllAsync(await host.InviteAsync("ada"), published, "a");
        await host.Create<EndBatch>().RunAsync(new(WebHost.Campaign, published[0].Batch, BatchEnd.Complete), CancellationToken.None);
        Assert.Equal((0, 0), ((await ProgressAsync(host)).Lost, (await ReadAsync(host)).Reviews));

        await PostAsync(host, "annotators/ada/exclude", HttpStatusCode.NoContent);
        Assert.Equal((3, 0, 3), await ProgressAsync(host) is var progress ? (progress.Lost, progress.Open, (await ReadAsync(host)).Reviews) : default);
        var reviewer = await host.InviteAsync(isReviewer: true);
        await reviewer.RankAsync((await reviewer.NextAsync()).Task!);
        Assert.Equal((2, 1), await ProgressAsync(host) is var reviewed ? (reviewed.Lost, reviewed.Pairs) : default);

        await PostAsync(host, "annotators/ada/include", HttpStatusCode.NoContent);
        Assert.Equal((0, 3), await ProgressAsync(host) is var again ? (again.Lost, again.Pairs) : default);
        Assert.Equal(0, (await ReadAsync(host)).Reviews);
    }

    [Theory]
    [InlineData("annotators/nobody/exclude", "no-such-annotator")]
    [InlineData("annotators/nobody/pause", "no-such-invite")]
    public async Task Annotator_Unknown_IsNamed(string path, string code)
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        await RankingTests.AssertProblemAsync(await SendAsync(host, path), HttpStatusCode.NotFound, code);
    }

    [Fact]
    public async Task DawidSkene_CampaignSetting_WeighsAnnotatorsOverAllBatches()
    {
        await using var host = await WebHost.StartAsync();
        // In the first batch two agree and the third contradicts; in the second only the third and one more ranked.
        var first = await host.PublishAsync(count: 40, overlap: 3);
        var second = await host.PublishAsync(count: 4, overlap: 2, batch: 2);
        await host.Get<CampaignStore>().UpdateAsync(WebHost.Campaign, c => c with { Settings = c.Settings with { Voting = PairVoting.DawidSkene } });
        await RankAllAsync(await host.InviteAsync("ada"), [.. first, .. second], "a", alternate: true);
        await RankAllAsync(await host.InviteAsync("ben"), first, "a", alternate: true);
        await RankAllAsync(await host.InviteAsync("contrary"), [.. first, .. second], "b", alternate: true);
        foreach (var batch in new[] { first[0].Batch, second[0].Batch }) await host.Create<EndBatch>().RunAsync(new(WebHost.Campaign, batch, BatchEnd.Complete), CancellationToken.None);
        // One against one is a tie by heads; ada is known to be right, and who always says the opposite tells as much.
        Assert.Equal((4, 0), (await PairsAsync(host, second[0].Batch)) is var pairs ? (pairs.Pairs, pairs.Ties) : default);
        var chosen = await JsonLines.ReadAsync<PreferencePair>(host.Get<IBlobStore>(), PairStore.PathOf(await host.Get<BatchStore>().GetAsync(WebHost.Campaign, second[0].Batch))).ToListAsync();
        Assert.All(chosen.Zip(second), p => Assert.Equal(p.Second.Answers[second.ToList().IndexOf(p.Second) % 2].Text, p.First.Chosen));
    }

    private static async Task RankAllAsync(WebHost.Annotator annotator, IReadOnlyList<Comparison> comparisons, string best, int except = 0, bool alternate = false)
    {
        // Straight into storage: what is measured is what the rankings come to, not how they are served.
        var store = annotator.Host.Get<RankingStore>();
        for (var i = 0; i < comparisons.Count; i++)
        {
            var turned = i < except || (alternate && IndexInBatch(comparisons, i) % 2 == 1);
            string[][] tiers = (best == "a") ^ turned ? [["a"], ["b"]] : [["b"], ["a"]];
            await store.TryInsertAsync(new(comparisons[i].Id, comparisons[i].Batch, annotator.Invite.Annotator, annotator.Invite.Kind, RankingOutcome.Ranked, tiers, ["a", "b"],
                DateTimeOffset.UtcNow, ActiveTime: TimeSpan.FromSeconds(4)));
        }
    }

    private static int IndexInBatch(IReadOnlyList<Comparison> comparisons, int index) => index - comparisons.ToList().FindIndex(c => c.Batch == comparisons[index].Batch);

    private static async Task<PairFile> PairsAsync(WebHost host, BatchId batch) => (await host.Get<BatchStore>().GetAsync(WebHost.Campaign, batch)).Pairs!;

    private static Task<CampaignProgress> ProgressAsync(WebHost host) => host.Get<CampaignService>().GetProgressAsync(WebHost.Campaign);

    private static async Task<QualityResponse> ReadAsync(WebHost host)
    {
        using var owner = host.Owner();
        return await WebHost.ReadAsync<QualityResponse>(await owner.GetAsync("/api/campaigns/support/quality"));
    }

    private static async Task PostAsync(WebHost host, string path, HttpStatusCode expected)
    {
        using var response = await SendAsync(host, path);
        Assert.Equal(expected, response.StatusCode);
    }

    private static async Task<HttpResponseMessage> SendAsync(WebHost host, string path)
    {
        using var owner = host.Owner();
        using var body = new StringContent("{}", Encoding.UTF8, "application/json");
        return await owner.PostAsync($"/api/campaigns/support/{path}", body);
    }
}
