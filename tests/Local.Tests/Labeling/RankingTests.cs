using System.Net;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Labeling.Serving;
using Rlhf.Local.Tests.Web;
using Rlhf.Orchestrations;
using Rlhf.Storage;
using Rlhf.Web;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.Labeling;

public sealed class RankingTests
{
    private static readonly OverlapLimits Ended = new(1, SharingSettings.None, 0, 0);

    [Fact]
    public async Task Submit_PlacesOnTheScreen_AreStoredAsTheAnswersThatStoodThere()
    {
        await using var host = await WebHost.StartAsync();
        var comparison = (await host.PublishAsync(count: 1, form: new() { Scale = 4 }))[0];
        var annotator = await host.InviteAsync(kind: AnnotatorKind.Simulated);
        var task = (await annotator.NextAsync()).Task!;
        await annotator.RankAsync(task.Comparison, new(RankingOutcome.Ranked, [["2"], ["1"]], ["1", "2"], Strength: 2, ActiveSeconds: 3.5));
        var ranking = Assert.Single(await host.Get<RankingStore>().ReadBatchAsync(comparison.Batch));
        var best = comparison.Answers.Single(a => a.Id == ranking.Tiers[0][0]);
        Assert.Equal(task.Answers[1].Text, best.Text);
        Assert.Equal(task.Answers.Select(a => a.Text), ranking.ShownOrder.Select(id => comparison.Answers.Single(a => a.Id == id).Text));
        Assert.Equal((AnnotatorKind.Simulated, 2, TimeSpan.FromSeconds(3.5)), (ranking.AnnotatorKind, ranking.Strength, ranking.ActiveTime));
    }

    [Fact]
    public async Task Next_ManyAnnotators_SidesAreShuffled()
    {
        await using var host = await WebHost.StartAsync();
        var comparison = (await host.PublishAsync(count: 1, overlap: 24))[0];
        var lefts = new List<string>();
        for (var i = 0; i < 24; i++) lefts.Add((await (await host.InviteAsync($"annotator{i}")).NextAsync()).Task!.Answers[0].Text);
        Assert.InRange(lefts.Count(text => text == comparison.Answers[0].Text), 5, 19);
    }

    [Fact]
    public async Task Next_Served_CarriesNothingThatTells()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        using var response = await (await host.InviteAsync()).GetAsync("next");
        var text = await response.Content.ReadAsStringAsync();
        foreach (var telling in new[] { "generator", "seed", "4711", "kind", "ordinary", "round", "batch", "support-r1", "overlap", "\"a\"", "\"b\"" })
            Assert.DoesNotContain(telling, text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Submit_TheSameTwice_IsUnchangedAndStoredOnce()
    {
        await using var host = await WebHost.StartAsync();
        var comparison = (await host.PublishAsync(count: 1))[0];
        var annotator = await host.InviteAsync();
        var task = (await annotator.NextAsync()).Task!;
        Assert.Equal(new(1, false, false), await annotator.RankAsync(task));
        Assert.Equal(new(1, false, true), await annotator.RankAsync(task));
        Assert.Single(await host.Get<RankingStore>().ReadBatchAsync(comparison.Batch));
    }

    [Fact]
    public async Task Submit_AnotherRankingWithoutAmending_IsRefusedAndTheFirstStands()
    {
        await using var host = await WebHost.StartAsync();
        var comparison = (await host.PublishAsync(count: 1))[0];
        var annotator = await host.InviteAsync();
        var task = (await annotator.NextAsync()).Task!;
        await annotator.RankAsync(task);
        await AssertProblemAsync(await annotator.PostAsync($"tasks/{task.Comparison}/ranking", new RankingRequest(RankingOutcome.BothBad)), HttpStatusCode.Conflict, "already-ranked");
        Assert.Equal(RankingOutcome.Ranked, Assert.Single(await host.Get<RankingStore>().ReadBatchAsync(comparison.Batch)).Outcome);
    }

    [Fact]
    public async Task Amend_NewestRevision_TakesItsPlaceAndIsListedUnderMine()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 3);
        var annotator = await host.InviteAsync();
        var tasks = new List<TaskView>();
        for (var i = 0; i < 3; i++)
        {
            tasks.Add((await annotator.NextAsync()).Task!);
            await annotator.RankAsync(tasks[i]);
        }
        var amended = await annotator.RankAsync(tasks[0].Comparison, new(RankingOutcome.Ranked, [["2"], ["1"]], Amends: 1));
        Assert.Equal(new(2, false, false), amended);
        Assert.Equal(new(2, false, true), await annotator.RankAsync(tasks[0].Comparison, new(RankingOutcome.Ranked, [["2"], ["1"]], Amends: 1)));
        await AssertProblemAsync(await annotator.PostAsync($"tasks/{tasks[0].Comparison}/ranking", new RankingRequest(RankingOutcome.BothBad, Amends: 1)), HttpStatusCode.Conflict, "amend-conflict");
        var mine = await WebHost.ReadAsync<MineResponse>(await annotator.GetAsync("mine?take=10"));
        Assert.Equal([tasks[2].Comparison, tasks[1].Comparison, tasks[0].Comparison], mine.Rankings.Select(r => r.Task.Comparison));
        Assert.Equal([["2"], ["1"]], mine.Rankings[2].Tiers);
        Assert.Equal(tasks[0].Answers, mine.Rankings[2].Task.Answers);
    }

    [Fact]
    public async Task Mine_ElevenRanked_AreTheTenNewestAndTheTenthBackCanBeAmended()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 11);
        var annotator = await host.InviteAsync();
        var ranked = new List<ComparisonId>();
        for (var i = 0; i < 11; i++)
        {
            var task = (await annotator.NextAsync()).Task!;
            ranked.Add(task.Comparison);
            await annotator.RankAsync(task);
        }

        var mine = (await WebHost.ReadAsync<MineResponse>(await annotator.GetAsync("mine"))).Rankings;

        Assert.Equal(ranked.Skip(1).Reverse(), mine.Select(m => m.Task.Comparison));
        Assert.Equal(2, (await annotator.RankAsync(mine[^1].Task.Comparison, new(RankingOutcome.Ranked, [["2"], ["1"]], Amends: 1))).Revision);
        await AssertProblemAsync(await annotator.GetAsync("mine?take=11"), HttpStatusCode.BadRequest, "invalid-query");
    }

    [Fact]
    public async Task Amend_FromRankedToSkip_ComparisonIsOpenForAnother()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        var (first, second) = (await host.InviteAsync(), await host.InviteAsync());
        var task = (await first.NextAsync()).Task!;
        await first.RankAsync(task);
        Assert.Null((await second.NextAsync()).Task);
        await first.RankAsync(task.Comparison, new(RankingOutcome.Skip, Amends: 1));
        Assert.Equal(task.Comparison, (await second.NextAsync()).Task!.Comparison);
    }

    [Fact]
    public async Task Submit_CampaignEnded_IsKeptAsExtra()
    {
        await using var host = await WebHost.StartAsync();
        var comparison = (await host.PublishAsync(count: 1))[0];
        var annotator = await host.InviteAsync();
        var task = (await annotator.NextAsync()).Task!;
        await host.Get<CampaignStore>().UpdateAsync(WebHost.Campaign, c => c with { State = CampaignState.Cancelled });
        Assert.True((await annotator.RankAsync(task)).Extra);
        Assert.True(Assert.Single(await host.Get<RankingStore>().ReadBatchAsync(comparison.Batch)).Extra);
    }

    [Fact]
    public async Task Submit_BatchClosed_IsKeptAsExtra()
    {
        await using var host = await WebHost.StartAsync();
        var comparison = (await host.PublishAsync(count: 2))[0];
        var annotator = await host.InviteAsync();
        var task = (await annotator.NextAsync()).Task!;
        await host.Get<ComparisonStore>().CloseBatchAsync(WebHost.Campaign, comparison.Batch, Ended);
        Assert.True((await annotator.RankAsync(task)).Extra);
        Assert.Equal(NextStatus.Done, (await annotator.NextAsync()).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Submit_Late_IsExtraFromItsFirstWriteSoThatACrashLeavesNothingToMark(bool isClosed)
    {
        var tables = new HookedTables();
        await using var host = await WebHost.StartAsync(tables.Decorate);
        // The lease is over at once, so the second annotator gets what is on the first one's screen.
        var comparison = (await host.PublishAsync(count: 1, lease: TimeSpan.FromTicks(1)))[0];
        var (first, second) = (await host.InviteAsync(), await host.InviteAsync());
        var (one, other) = ((await first.NextAsync()).Task!, (await second.NextAsync()).Task!);
        if (isClosed) await host.Get<ComparisonStore>().CloseBatchAsync(WebHost.Campaign, comparison.Batch, Ended);
        else await first.RankAsync(one);
        var written = new List<string>();
        tables.Before = (table, operations) =>
        {
            if (table == RankingStore.Table) written.AddRange(operations.Select(o => o.Body!));
            return Task.CompletedTask;
        };

        Assert.True((await second.RankAsync(other)).Extra);

        Assert.Contains("\"extra\":true", Assert.Single(written));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Amend_ToSkipWhileItsBatchCloses_LeavesNothingOpen(bool isRowGone)
    {
        var tables = new HookedTables();
        await using var host = await WebHost.StartAsync(tables.Decorate);
        var comparison = (await host.PublishAsync(count: 1))[0];
        var annotator = await host.InviteAsync();
        var task = (await annotator.NextAsync()).Task!;
        await annotator.RankAsync(task);
        if (isRowGone) await host.Get<OpenStore>().RemoveAsync(WebHost.Campaign, [comparison], CancellationToken.None);
        var closed = 0;
        tables.Before = async (table, operations) =>
        {
            if (table != OpenStore.Table || operations[0].Kind == TableOperationKind.Delete) return;
            closed++;
            await host.Get<ComparisonStore>().CloseBatchAsync(WebHost.Campaign, comparison.Batch, Ended);
        };

        await annotator.RankAsync(task.Comparison, new(RankingOutcome.Skip, Amends: 1));

        Assert.Equal(1, closed);
        Assert.Null(await host.Get<OpenStore>().FindAsync(WebHost.Campaign, comparison, CancellationToken.None));
    }

    [Fact]
    public async Task Submit_TwoTogetherWhereOneIsAskedFor_OneCountsAndTheOtherIsExtra()
    {
        var tables = new MeetingTables(RankingStore.Table, parties: 2);
        await using var host = await WebHost.StartAsync(tables.Decorate);
        // The lease is over at once, so the second annotator gets what is on the first one's screen.
        await host.PublishAsync(count: 1, lease: TimeSpan.FromTicks(1));
        var (first, second) = (await host.InviteAsync(), await host.InviteAsync());
        var (one, other) = ((await first.NextAsync()).Task!, (await second.NextAsync()).Task!);
        Assert.Equal(one.Comparison, other.Comparison);

        tables.Begin();
        var answers = await Task.WhenAll(first.RankAsync(one), second.RankAsync(other));

        Assert.Single(answers, answer => answer.Extra);
    }

    [Fact]
    public async Task Submit_CampaignPaused_CountsForServedTasks()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        var annotator = await host.InviteAsync();
        var task = (await annotator.NextAsync()).Task!;
        await host.Get<CampaignStore>().UpdateAsync(WebHost.Campaign, c => c with { State = CampaignState.Paused });
        Assert.False((await annotator.RankAsync(task)).Extra);
    }

    [Fact]
    public async Task Submit_TheLastOfABatch_RaisesTheOneSignal()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 25);
        var annotator = await host.InviteAsync();
        var signals = new List<int>();
        for (var i = 0; i < 25; i++)
        {
            await annotator.RankAsync((await annotator.NextAsync()).Task!);
            signals.Add(host.Orchestrations.Raised.Count);
        }
        Assert.Equal([25], Enumerable.Range(1, 25).Where(n => signals[n - 1] > (n == 1 ? 0 : signals[n - 2])));
        Assert.All(host.Orchestrations.Raised, e => Assert.Equal(("support-r1-b00001", EventNames.ComparisonsRanked), e));
    }

    [Fact]
    public async Task Submit_SomebodyElsesTask_IsRefused()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 3);
        var (first, second) = (await host.InviteAsync(), await host.InviteAsync());
        var task = (await first.NextAsync()).Task!;
        await AssertProblemAsync(await second.PostAsync($"tasks/{task.Comparison}/ranking", new RankingRequest(RankingOutcome.BothBad)), HttpStatusCode.Forbidden, "not-served");
    }

    [Theory]
    [InlineData("""{"outcome":"ranked"}""", "needs tiers")]
    [InlineData("""{"outcome":"ranked","tiers":[["1"],["3"]]}""", "'3'")]
    [InlineData("""{"outcome":"ranked","tiers":[["1"],["a"]]}""", "'a'")]
    [InlineData("""{"outcome":"ranked","tiers":[["1"],["1","2"]]}""", "'1' stands in the ranking 2 times")]
    [InlineData("""{"outcome":"ranked","tiers":[["1"],[]]}""", "none of them empty")]
    [InlineData("""{"outcome":"ranked","tiers":[["1"]]}""", "at least two")]
    [InlineData("""{"outcome":"ranked","tiers":[["1"],null]}""", "none of them empty")]
    [InlineData("""{"outcome":"ranked","tiers":[["1"],[null]]}""", "null")]
    [InlineData("""{"outcome":"skip","tiers":[["1"]]}""", "no tiers")]
    [InlineData("""{"outcome":"ranked","tiers":[["1"],["2"]],"strength":9}""", "strength of 9")]
    [InlineData("""{"outcome":"bothBad","strength":1}""", "strength")]
    [InlineData("""{"outcome":"ranked","tiers":[["1"],["2"]],"shownOrder":["2","1"]}""", "not shown")]
    [InlineData("""{"outcome":"ranked","tiers":[["1"],["2"]],"activeSeconds":-1}""", "-1 seconds")]
    [InlineData("""{"outcome":"best"}""", "RankingRequest")]
    [InlineData("""{"outcome":""", "RankingRequest")]
    public async Task Submit_NotARanking_SaysWhatIsWrong(string body, string expected)
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        var annotator = await host.InviteAsync();
        var task = (await annotator.NextAsync()).Task!;
        using var client = host.Client();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/campaigns/support/tasks/{task.Comparison}/ranking") { Content = content };
        request.Headers.Add("X-Rlhf-Invite", annotator.Token);
        var problem = await AssertProblemAsync(await client.SendAsync(request), HttpStatusCode.BadRequest, null);
        Assert.Contains(expected, problem.Detail);
        Assert.NotEmpty(problem.Remedy);
    }

    [Fact]
    public async Task Publish_Repeated_OpensNothingThatWasRankedMeanwhile()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 4);
        var annotator = await host.InviteAsync();
        for (var i = 0; i < 4; i++) await annotator.RankAsync((await annotator.NextAsync()).Task!);
        await host.Get<ComparisonStore>().PublishAsync(WebHost.Campaign, published[0].Batch, published);
        Assert.Equal(NextStatus.Done, (await (await host.InviteAsync()).NextAsync()).Status);
    }

    internal static async Task<ProblemDocument> AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string? code)
    {
        using (response)
        {
            Assert.Equal(status, response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            var problem = System.Text.Json.JsonSerializer.Deserialize<ProblemDocument>(await response.Content.ReadAsStringAsync(), Rlhf.Json.RlhfJson.Options)!;
            if (code is not null) Assert.Equal(code, problem.Code);
            return problem;
        }
    }
}
