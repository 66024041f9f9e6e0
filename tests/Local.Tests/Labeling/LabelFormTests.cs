using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Web;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.Labeling;

/// <summary>A campaign's own way of judging, as the server holds annotators to it.</summary>
public sealed class LabelFormTests
{
    private static readonly DateTimeOffset Morning = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Form_OfACampaign_StandsInGuidelinesAndWithEachTask()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1, form: new() { Scale = 7, ManyAnswers = ManyAnswersMode.BestAndWorst, Comments = false, BreakAfter = null, DailyCap = 50 });
        var annotator = await host.InviteAsync();
        var expected = new LabelFormView(7, ManyAnswersMode.BestAndWorst, Comments: false, BetterAnswers: true, BreakAfterMinutes: null, DailyCap: 50);
        Assert.Equal(expected, (await WebHost.ReadAsync<GuidelinesResponse>(await annotator.GetAsync("guidelines"))).Form);
        Assert.Equal(expected, (await annotator.NextAsync()).Form);
    }

    [Fact]
    public async Task Create_WithAForm_KeepsItAndRefusesAWrongOne()
    {
        await using var host = await WebHost.StartAsync();
        using var owner = host.Owner();
        using var wrong = await owner.PostAsJsonAsync("/api/campaigns", JsonNode.Parse("""{"title":"Stars","form":{"scale":5}}"""));
        var problem = await RankingTests.AssertProblemAsync(wrong, HttpStatusCode.BadRequest, "invalid-form");
        Assert.Contains("5 points", problem.Detail);
        using var right = await owner.PostAsJsonAsync("/api/campaigns", JsonNode.Parse("""{"title":"Stars","form":{"scale":4,"breakAfter":null,"tooFastPerThousandCharacters":null}}"""));
        Assert.Equal(HttpStatusCode.Created, right.StatusCode);
        var form = (await host.Get<CampaignStore>().GetAsync(CampaignId.From("stars"))).Settings.Form;
        Assert.Equal(new LabelFormSettings { Scale = 4, BreakAfter = null, TooFastPerThousandCharacters = null }, form);
    }

    [Theory]
    [InlineData(2, 1, true)]
    [InlineData(2, 2, false)]
    [InlineData(4, 2, true)]
    [InlineData(4, 3, false)]
    [InlineData(7, 3, true)]
    [InlineData(7, 4, false)]
    public async Task Submit_Strength_IsHeldAgainstTheScale(int scale, int strength, bool isTaken)
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1, form: new() { Scale = scale });
        var annotator = await host.InviteAsync();
        var task = (await annotator.NextAsync()).Task!;
        var response = await annotator.PostAsync($"tasks/{task.Comparison}/ranking", new RankingRequest(RankingOutcome.Ranked, [["1"], ["2"]], Strength: strength));
        if (isTaken) Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        else Assert.Contains($"between 1 and {scale / 2}", (await RankingTests.AssertProblemAsync(response, HttpStatusCode.BadRequest, "invalid-ranking")).Detail);
    }

    [Fact]
    public async Task Submit_BestAndWorst_TakesThatOrAllTheSame()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2, answers: 4, form: new() { ManyAnswers = ManyAnswersMode.BestAndWorst });
        var annotator = await host.InviteAsync();
        var task = (await annotator.NextAsync()).Task!;
        foreach (var tiers in new IReadOnlyList<IReadOnlyList<string>>[] { [["1"], ["2"], ["3"], ["4"]], [["1", "2"], ["3"], ["4"]], [["1"], ["2"], ["3"]], [["1", "2"]] })
            await RankingTests.AssertProblemAsync(await annotator.PostAsync($"tasks/{task.Comparison}/ranking", new RankingRequest(RankingOutcome.Ranked, tiers)), HttpStatusCode.BadRequest, "invalid-ranking");
        await annotator.RankAsync(task.Comparison, new(RankingOutcome.Ranked, [["3"], ["2", "4"], ["1"]]));
        await annotator.RankAsync((await annotator.NextAsync()).Task!.Comparison, new(RankingOutcome.Ranked, [["1", "2", "3", "4"]]));
    }

    [Fact]
    public async Task Submit_TextsThatTheFormDoesNotOffer_AreRefused()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1, form: new() { Comments = false, BetterAnswers = false });
        var annotator = await host.InviteAsync();
        var task = (await annotator.NextAsync()).Task!;
        foreach (var request in new[] { new RankingRequest(RankingOutcome.BothBad, Comment: "why"), new(RankingOutcome.BothBad, BetterAnswer: "this") })
            await RankingTests.AssertProblemAsync(await annotator.PostAsync($"tasks/{task.Comparison}/ranking", request), HttpStatusCode.BadRequest, "invalid-ranking");
    }

    [Theory]
    [InlineData(AnnotatorKind.Person, 0.4, true)]
    [InlineData(AnnotatorKind.Person, 20.0, false)]
    [InlineData(AnnotatorKind.Simulated, 0.4, true)]
    public async Task Submit_FasterThanAnybodyReads_IsFlaggedAndCounts(AnnotatorKind kind, double seconds, bool isFlagged)
    {
        await using var host = await WebHost.StartAsync();
        var comparison = (await host.PublishAsync(count: 1))[0];
        var annotator = await host.InviteAsync(kind: kind);
        var task = (await annotator.NextAsync()).Task!;
        Assert.False((await annotator.RankAsync(task.Comparison, new(RankingOutcome.Ranked, [["1"], ["2"]], ActiveSeconds: seconds))).Extra);
        Assert.Equal(isFlagged, Assert.Single(await host.Get<RankingStore>().ReadBatchAsync(comparison.Batch)).TooFast);
    }

    [Theory]
    [InlineData(20.0, 0.4, 20.4, false)]
    [InlineData(0.4, 0.5, 0.9, true)]
    [InlineData(0.4, 20.0, 20.4, false)]
    [InlineData(null, 0.4, null, false)]
    [InlineData(0.4, null, 0.4, true)]
    public async Task Amend_Time_IsAddedAndTooFastIsJudgedByTheSum(double? first, double? second, double? whole, bool isFlagged)
    {
        await using var host = await WebHost.StartAsync();
        var comparison = (await host.PublishAsync(count: 1))[0];
        var annotator = await host.InviteAsync();
        var task = (await annotator.NextAsync()).Task!;
        await annotator.RankAsync(task.Comparison, new(RankingOutcome.Ranked, [["1"], ["2"]], ActiveSeconds: first));
        // Sent twice, as over a lost connection: it counts once.
        for (var i = 0; i < 2; i++) await annotator.RankAsync(task.Comparison, new(RankingOutcome.Ranked, [["2"], ["1"]], ActiveSeconds: second, Amends: 1));
        var ranking = Assert.Single(await host.Get<RankingStore>().ReadBatchAsync(comparison.Batch));
        Assert.Equal((whole, isFlagged, 2), (ranking.ActiveTime?.TotalSeconds, ranking.TooFast, ranking.Revision));
    }

    [Fact]
    public async Task Next_DailyCap_StopsAPersonUntilTheNextDayAndNobodyElse()
    {
        var time = new FakeTimeProvider(Morning);
        await using var host = await WebHost.StartAsync(time: time);
        await host.PublishAsync(count: 8, form: new() { DailyCap = 2 });
        var (person, simulated) = (await host.InviteAsync(), await host.InviteAsync(kind: AnnotatorKind.Simulated));
        var first = (await person.NextAsync()).Task!;
        var ahead = (await person.NextAsync(first.Comparison)).Task!;
        await person.RankAsync(first);
        var over = await person.NextAsync(ahead.Comparison);
        Assert.Equal((NextStatus.CapReached, 1), (over.Status, over.Progress.Today));
        Assert.InRange(over.RetryAfterSeconds!.Value, 1, 600);
        await person.RankAsync(ahead);
        Assert.Equal((NextStatus.CapReached, 2), ((await person.NextAsync()).Status, (await person.NextAsync()).Progress.Today));
        for (var i = 0; i < 4; i++) await simulated.RankAsync((await simulated.NextAsync()).Task!);
        time.Advance(TimeSpan.FromHours(15));
        var morrow = await person.NextAsync();
        Assert.Equal((NextStatus.Task, 0, 2), (morrow.Status, morrow.Progress.Today, morrow.Progress.Mine));
    }
}
