using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rlhf.Campaigns;
using Rlhf.Json;
using Rlhf.Labeling;
using Rlhf.Labeling.Quality;
using Rlhf.Local.Tests.Web;
using Rlhf.Orchestrations;
using Rlhf.Preferences;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.Labeling;

public sealed class CheckTests
{
    private static readonly GoldRequest Gold = new(["Thank you, we will replace it.", "Go away."], [[1], [2]], "My kettle broke.", Explanation: "Only the first one helps.");

    [Fact]
    public async Task Gold_MadeByTheOwner_ComesOnceToEachAmongTheOthersAndCountsForTheFiguresOnly()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 60, overlap: 2, checks: CheckSettings.None with { GoldShare = 0.3 });
        for (var i = 0; i < 3; i++) await PostAsync(host, "gold", Gold with { Prompt = $"My kettle broke. Order {i}." });
        var (ada, ben) = (await host.InviteAsync("ada"), await host.InviteAsync("ben"));
        var places = new List<int>();
        for (var i = 0; i < 40; i++)
        {
            var (task, isGold) = await RankAsync(ada, helpful: true);
            if (isGold) places.Add(i);
            Assert.False(task.Practice);
        }
        Assert.Equal(3, places.Count);
        Assert.NotEqual([0, 1, 2], places);
        for (var i = 0; i < 40; i++) await RankAsync(ben, helpful: false);

        var figures = (await host.Get<QualityReader>().ReadAsync(WebHost.Campaign)).Annotators.ToDictionary(a => a.Figures.Annotator.Value, a => a.Figures);
        Assert.Equal((1, 3), (figures["ada"].Gold!.Value, figures["ada"].Gold!.Count));
        Assert.Equal((0, 3), (figures["ben"].Gold!.Value, figures["ben"].Gold!.Count));
        var progress = await host.Get<CampaignService>().GetProgressAsync(WebHost.Campaign);
        Assert.Equal((60, 74), (progress.Comparisons, progress.Rankings[AnnotatorKind.Person]));
        var listed = (await GetAsync<GoldListResponse>(host, "gold")).Gold;
        Assert.All(listed, g => Assert.Equal((2, 1, false), (g.Judged, g.Right, g.IsConsensus)));
    }

    [Fact]
    public async Task Gold_Served_LooksLikeAnyOtherTask()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 60, checks: CheckSettings.None with { GoldShare = 0.5 });
        await PostAsync(host, "gold", Gold);
        var annotator = await host.InviteAsync();
        string? gold = null, other = null;
        for (var i = 0; gold is null || other is null; i++)
        {
            Assert.True(i < 40, "no gold came in 40 tasks");
            using var response = await annotator.GetAsync("next");
            var text = await response.Content.ReadAsStringAsync();
            var task = JsonSerializer.Deserialize<NextResponse>(text, RlhfJson.Options)!.Task!;
            if (IsGold(task)) gold = text;
            else other = text;
            using var ranked = await annotator.PostAsync($"tasks/{task.Comparison}/ranking", new RankingRequest(RankingOutcome.Ranked, [["1"], ["2"]]));
            Assert.Equal("""{"revision":1,"extra":false,"unchanged":false}""", await ranked.Content.ReadAsStringAsync());
        }
        Assert.Equal(Shape(JsonNode.Parse(other)!), Shape(JsonNode.Parse(gold)!));
        Assert.DoesNotContain("gold", gold, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(20, ((string)JsonNode.Parse(gold)!["task"]!["comparison"]!).Length);
    }

    [Fact]
    public async Task Promote_WhatThreeAgreeOn_BecomesGoldGivesNoPairsAndIsNewToWhoGetsIt()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 4, overlap: 3, checks: CheckSettings.None with { GoldShare = 0.5 });
        foreach (var name in new[] { "ada", "ben", "chioma" })
        {
            var annotator = await host.InviteAsync(name);
            // All agree but on the last one.
            for (var i = 0; i < 4; i++)
                await host.Get<RankingStore>().TryInsertAsync(new(published[i].Id, published[i].Batch, annotator.Invite.Annotator, AnnotatorKind.Person, RankingOutcome.Ranked,
                    i == 3 && name == "ben" ? [["b"], ["a"]] : [["a"], ["b"]], ["a", "b"], DateTimeOffset.UtcNow));
        }
        await host.Create<EndBatch>().RunAsync(new(WebHost.Campaign, published[0].Batch, BatchEnd.Complete), CancellationToken.None);
        Assert.Equal(4, (await PairsAsync(host, published[0].Batch)).Pairs);

        await PostAsync(host, "gold/promote", new PromoteRequest(2));
        var gold = (await GetAsync<GoldListResponse>(host, "gold")).Gold;
        Assert.Equal((2, true), (gold.Count, gold.All(g => g.IsConsensus)));
        Assert.Equal((2, 2), await PairsAsync(host, published[0].Batch) is var pairs ? (pairs.Revision, pairs.Pairs) : default);

        // Who made the consensus is not asked about it; a newcomer is.
        await host.PublishAsync(count: 40, overlap: 2, batch: 2);
        Assert.Equal(0, await CountServedAsync(await AgainAsync(host, "ada"), gold));
        Assert.Equal(2, await CountServedAsync(await host.InviteAsync("newcomer"), gold));

        using var owner = host.Owner();
        Assert.Equal(HttpStatusCode.NoContent, (await owner.DeleteAsync($"/api/campaigns/support/gold/{gold[0].Comparison}")).StatusCode);
        Assert.Equal(3, (await PairsAsync(host, published[0].Batch)).Pairs);
    }

    [Fact]
    public async Task Practice_BeforeTheFirstTask_GivesFeedbackAndLetsPassWhoLearned()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 5, overlap: 2, checks: CheckSettings.None with { PracticeItems = 2, NeededAccuracy = 0.7 });
        for (var i = 0; i < 3; i++) await PostAsync(host, "gold", Gold with { Prompt = $"My kettle broke. Order {i}.", Practice = true });
        var (ada, ben) = (await host.InviteAsync("ada"), await host.InviteAsync("ben"));
        for (var i = 0; i < 2; i++)
        {
            var task = (await ada.NextAsync()).Task!;
            Assert.True(task.Practice);
            // Nothing is fetched ahead of its feedback.
            Assert.Equal(NextStatus.Paused, (await ada.NextAsync(task.Comparison)).Status);
            var feedback = (await ada.RankAsync(task.Comparison, Ranked(task, helpful: true))).Feedback!;
            Assert.Equal((true, "Only the first one helps."), (feedback.IsRight, feedback.Explanation));
            await RankingTests.AssertProblemAsync(await ada.PostAsync($"tasks/{task.Comparison}/ranking", Ranked(task, helpful: false) with { Amends = 1 }), HttpStatusCode.Conflict, "practice-judged");
        }
        Assert.False((await ada.NextAsync()).Task!.Practice);

        for (var i = 0; i < 2; i++)
        {
            var task = (await ben.NextAsync()).Task!;
            Assert.False((await ben.RankAsync(task.Comparison, Ranked(task, helpful: i == 0))).Feedback!.IsRight == (i != 0));
        }
        var refused = await ben.NextAsync();
        Assert.Equal(NextStatus.Paused, refused.Status);
        Assert.Contains("1 of 2", refused.Reason);
        await PostAsync(host, "annotators/ben/pass", new { });
        Assert.Equal(NextStatus.Task, (await ben.NextAsync()).Status);
    }

    [Fact]
    public async Task Repeat_OfAnEarlierTask_ShowsItTheOtherWayRoundAndTellsWhetherTheJudgementHeld()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 200, checks: CheckSettings.None with { RepeatShare = 0.3 });
        // Always the left one: whoever sees the sides swapped contradicts every earlier choice.
        var (left, steady) = (await host.InviteAsync("left"), await host.InviteAsync("steady"));
        var seen = new Dictionary<string, TaskView>();
        var repeats = 0;
        for (var i = 0; i < 60; i++)
        {
            var task = (await left.NextAsync()).Task!;
            var texts = string.Concat(task.Messages.Select(m => m.Content)) + string.Concat(task.Answers.Select(a => a.Text).Order());
            if (seen.TryGetValue(texts, out var before))
            {
                repeats++;
                Assert.NotEqual(before.Comparison, task.Comparison);
                Assert.Equal(before.Answers.Select(a => a.Text).Reverse(), task.Answers.Select(a => a.Text));
            }
            seen[texts] = task;
            await left.RankAsync(task.Comparison, new(RankingOutcome.Ranked, [["1"], ["2"]], ActiveSeconds: 2));
        }
        for (var i = 0; i < 60; i++) await RankAsync(steady, helpful: true);
        var figures = (await host.Get<QualityReader>().ReadAsync(WebHost.Campaign)).Annotators.ToDictionary(a => a.Figures.Annotator.Value, a => a.Figures);
        Assert.InRange(repeats, 5, 30);
        Assert.Equal((0, repeats), (figures["left"].SelfAgreement!.Value, figures["left"].SelfAgreement!.Count));
        Assert.Equal(1, figures["steady"].SelfAgreement!.Value);
        Assert.Equal(TimeSpan.FromSeconds(120), figures["left"].ActiveTime);
        Assert.Contains(QualityConcern.Inconsistent, figures["left"].Concerns);
        // Repeats are nobody's training data.
        Assert.Equal(120 - repeats - figures["steady"].SelfAgreement!.Count, (await host.Get<CampaignService>().GetProgressAsync(WebHost.Campaign)).Rankings[AnnotatorKind.Person]);
    }

    [Fact]
    public async Task Gold_RemovedAndAddedWithAnotherAnswer_IsServedAsCorrected()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 3, checks: CheckSettings.None with { PracticeItems = 1, NeededAccuracy = 0 });
        var wrong = Gold with { Practice = true, Tiers = [[2], [1]], Explanation = "The second one is shorter." };
        await PostAsync(host, "gold", wrong);
        await PostAsync(host, "gold", wrong);
        var first = Assert.Single((await GetAsync<GoldListResponse>(host, "gold")).Gold);
        // Not beside the old one, and never dropped silently.
        using var owner = host.Owner();
        foreach (var other in new[] { wrong with { Tiers = [[1], [2]] }, wrong with { Explanation = null }, wrong with { Outcome = RankingOutcome.BothBad, Tiers = null } })
            await RankingTests.AssertProblemAsync(await owner.PostAsJsonAsync("/api/campaigns/support/gold", other, RlhfJson.Options), HttpStatusCode.Conflict, "gold-differs");

        var ada = await host.InviteAsync("ada");
        var before = (await ada.NextAsync()).Task!;
        await ada.RankAsync(before.Comparison, Ranked(before, helpful: true) with { ActiveSeconds = 3 });
        Assert.Equal(HttpStatusCode.NoContent, (await owner.DeleteAsync($"/api/campaigns/support/gold/{first.Comparison}")).StatusCode);
        await PostAsync(host, "gold", wrong with { Tiers = [[1], [2]], Explanation = "Only the first one helps." });
        var ben = await host.InviteAsync("ben");
        var task = (await ben.NextAsync()).Task!;
        var feedback = (await ben.RankAsync(task.Comparison, Ranked(task, helpful: true))).Feedback!;
        Assert.Equal((true, "Only the first one helps."), (feedback.IsRight, feedback.Explanation));
        Assert.Equal((1, 1), (await GetAsync<GoldListResponse>(host, "gold")).Gold is [var corrected] ? (corrected.Judged, corrected.Right) : default);
        // Time that went into what was taken away is still somebody's.
        Assert.Equal(TimeSpan.FromSeconds(3), (await host.Get<QualityReader>().ReadAsync(WebHost.Campaign)).Annotators.Single(a => a.Figures.Annotator.Value == "ada").Figures.ActiveTime);
    }

    [Theory]
    [InlineData("""{"prompt":"Hi","answers":["a"],"tiers":[[1],[2]]}""", "1 answers")]
    [InlineData("""{"answers":["a","b"],"tiers":[[1],[2]]}""", "either a prompt or messages")]
    [InlineData("""{"prompt":"Hi","answers":["a","a"],"tiers":[[1],[2]]}""", "Two answers are the same")]
    [InlineData("""{"prompt":"Hi","answers":["a","b"],"tiers":[[1,2]]}""", "At least two tiers")]
    [InlineData("""{"prompt":"Hi","answers":["a","b"],"tiers":[[1],[3]]}""", "There is no answer 3")]
    [InlineData("""{"prompt":"Hi","answers":["a","b"],"outcome":"skip"}""", "none that can be known")]
    public async Task AddGold_Wrong_IsNamed(string body, string said)
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        using var owner = host.Owner();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var response = await owner.PostAsync("/api/campaigns/support/gold", content);
        Assert.Contains(said, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await RankingTests.AssertProblemAsync(response, HttpStatusCode.BadRequest, "invalid-gold");
    }

    private static bool IsGold(TaskView task) => task.Answers.Any(a => a.Text == Gold.Answers[0]);

    /// <summary>The longer answer helps, in the samples and in the gold.</summary>
    private static RankingRequest Ranked(TaskView task, bool helpful)
    {
        var best = helpful ? task.Answers.MaxBy(a => a.Text.Length)! : task.Answers.MinBy(a => a.Text.Length)!;
        return new(RankingOutcome.Ranked, [[best.Id], [.. task.Answers.Where(a => a != best).Select(a => a.Id)]]);
    }

    private static async Task<(TaskView Task, bool IsGold)> RankAsync(WebHost.Annotator annotator, bool helpful)
    {
        var task = (await annotator.NextAsync()).Task!;
        await annotator.RankAsync(task.Comparison, Ranked(task, helpful));
        return (task, IsGold(task));
    }

    private static async Task<int> CountServedAsync(WebHost.Annotator annotator, IReadOnlyList<GoldView> gold)
    {
        var served = 0;
        for (var i = 0; i < 30; i++)
        {
            var task = (await annotator.NextAsync()).Task!;
            if (gold.Any(g => g.Comparison == task.Comparison)) served++;
            await annotator.RankAsync(task);
        }
        return served;
    }

    private static async Task<WebHost.Annotator> AgainAsync(WebHost host, string name) => await host.InviteAsync(name);

    /// <summary>The names and kinds of a JSON value's members, without what they hold.</summary>
    private static string Shape(JsonNode node) => node switch
    {
        JsonObject members => $"{{{string.Join(',', members.Select(m => $"{m.Key}:{(m.Value is null ? "null" : Shape(m.Value))}"))}}}",
        JsonArray items => $"[{string.Join(',', items.Select(i => Shape(i!)))}]",
        _ => node.GetValueKind().ToString(),
    };

    private static async Task<PairFile> PairsAsync(WebHost host, BatchId batch) => (await host.Get<BatchStore>().GetAsync(WebHost.Campaign, batch)).Pairs!;

    private static async Task PostAsync(WebHost host, string path, object body)
    {
        using var owner = host.Owner();
        using var content = new StringContent(JsonSerializer.Serialize(body, RlhfJson.Options), Encoding.UTF8, "application/json");
        using var response = await owner.PostAsync($"/api/campaigns/support/{path}", content);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task<T> GetAsync<T>(WebHost host, string path)
    {
        using var owner = host.Owner();
        return await WebHost.ReadAsync<T>(await owner.GetAsync($"/api/campaigns/support/{path}"));
    }
}
