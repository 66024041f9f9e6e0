using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Labeling.Serving;
using Rlhf.LabelStudio.Server;
using Rlhf.LabelStudio.Templates;
using Rlhf.Local.Tests.Web;
using Rlhf.Orchestrations;

namespace Rlhf.Local.Tests.LabelStudio;

public sealed class StudioSyncTests
{
    [Fact]
    public async Task Push_OfABatch_HasSidesDrawnAndNothingThatTells()
    {
        await using var host = await StudioHost.StartAsync(count: 12);
        await host.KeepAsync();
        Assert.Equal(12, host.Server.Tasks.Count);
        var swapped = 0;
        for (var i = 0; i < 12; i++)
        {
            var texts = host.Comparisons[i].Answers.Select(a => a.Text).ToList();
            Assert.Equal(texts.Order(), new[] { host.Shown(i, "answer1"), host.Shown(i, "answer2") }.Order());
            if (host.Shown(i, "answer1") == texts[1]) swapped++;
            Assert.Equal(host.Comparisons[i].Prompt.Messages[0].Content, host.Shown(i, "prompt"));
        }
        Assert.InRange(swapped, 1, 11);
        var sent = string.Concat(host.Server.Tasks.Select(t => t.ToJsonString()));
        Assert.DoesNotContain("secret-generator", sent, StringComparison.Ordinal);
        Assert.All(host.Server.Calls, c => Assert.Equal($"Token {LabelStudioServer.Token}", c.Authorization));
        await host.KeepAsync();
        Assert.Equal(12, host.Server.Tasks.Count);
    }

    [Fact]
    public async Task Annotations_OfSeveralPeople_AreRankingsWithSidesMappedBack()
    {
        await using var host = await StudioHost.StartAsync(overlap: 2);
        await host.KeepAsync();
        host.Server.Annotate(host.Tasks[0], user: 1, "left");
        host.Server.Annotate(host.Tasks[0], user: 2, "left", more: LabelStudioServer.Item("why", "prompt", "choices", new() { ["choices"] = new JsonArray("clear") }));
        host.Server.Annotate(host.Tasks[1], user: 1, "right");
        host.Server.Annotate(host.Tasks[1], user: 2, null);
        host.Server.Annotate(host.Tasks[2], user: 1, null, cancelled: true);
        await host.LookAsync();

        var rankings = await host.RankingsAsync();
        Assert.Equal(5, rankings.Count);
        var left = host.Shown(0, "answer1");
        Assert.All(rankings.Where(r => r.Comparison == host.Comparisons[0].Id), r => Assert.Equal(left, TextOf(host, 0, r.Tiers[0][0])));
        var kept = Assert.Single(rankings, r => r.Fields is not null);
        Assert.Equal(("labelstudio-2", AnnotatorKind.Person, TimeSpan.FromSeconds(12.5)), (kept.Annotator.Value, kept.AnnotatorKind, kept.ActiveTime!.Value));
        Assert.Equal("clear", kept.Fields![0].Value["choices"]![0]!.GetValue<string>());
        var second = rankings.Where(r => r.Comparison == host.Comparisons[1].Id).ToDictionary(r => r.Annotator.Value);
        Assert.Equal(host.Shown(1, "answer2"), TextOf(host, 1, second["labelstudio-1"].Tiers[0][0]));
        Assert.Equal(2, Assert.Single(second["labelstudio-2"].Tiers).Count);
        Assert.Equal(RankingOutcome.Skip, Assert.Single(rankings, r => r.Comparison == host.Comparisons[2].Id).Outcome);
        Assert.All(rankings, r => Assert.Equal(TaskOrder(host, r.Comparison), r.ShownOrder));
    }

    [Fact]
    public async Task Looks_AtTheSameAnnotations_ChangeNothingAndAChangedOneAmends()
    {
        await using var host = await StudioHost.StartAsync(count: 1);
        await host.KeepAsync();
        var annotation = host.Server.Annotate(host.Tasks[0], user: 1, "left", at: host.Time.GetUtcNow());
        await host.LookAsync();
        await host.LookAsync();
        Assert.Equal((1, host.Shown(0, "answer1")), (Assert.Single(await host.RankingsAsync()).Revision, await host.PreferredAsync(0)));
        host.Server.Change(annotation["id"]!.GetValue<long>(), "right", host.Time.GetUtcNow());
        await host.LookAsync();
        Assert.Equal((2, host.Shown(0, "answer2")), (Assert.Single(await host.RankingsAsync()).Revision, await host.PreferredAsync(0)));
    }

    [Fact]
    public async Task Annotation_DeletedThere_WithdrawsTheRankingAndTheComparisonIsAskedAgain()
    {
        await using var host = await StudioHost.StartAsync(count: 1);
        await host.KeepAsync();
        var annotation = host.Server.Annotate(host.Tasks[0], user: 1, "left");
        await host.LookAsync();
        Assert.True((await host.Web.Get<OpenStore>().FindAsync(WebHost.Campaign, host.Comparisons[0], default))?.Row.IsClosed ?? true);
        host.Server.Delete(annotation["id"]!.GetValue<long>());
        await host.LookAsync();
        Assert.Empty(await host.RankingsAsync());
        Assert.False((await host.Web.Get<OpenStore>().FindAsync(WebHost.Campaign, host.Comparisons[0], default))!.Row.IsClosed);
        host.Server.Annotate(host.Tasks[0], user: 1, "right");
        await host.LookAsync();
        Assert.Equal(host.Shown(0, "answer2"), await host.PreferredAsync(0));
    }

    [Fact]
    public async Task Push_ToAProjectWhoseTemplateShowsSystemAndMessages_IsTaken()
    {
        await using var host = await StudioHost.StartAsync(count: 2);
        host.Server.Template = """
            <View><Text name="s" value="$system"/><Paragraphs name="m" value="$messages" nameKey="role" textKey="content"/><Pairwise name="comparison" toName="a,b"/><Text name="a" value="$answer1"/><Text name="b" value="$answer2"/></View>
            """;
        await host.KeepAsync();
        Assert.Equal(2, host.Server.Tasks.Count);
        Assert.All(host.Server.Tasks, t => Assert.Equal(("", "user"), (t["data"]!["system"]!.GetValue<string>(), t["data"]!["messages"]!.AsArray().Single()!["role"]!.GetValue<string>())));
        Assert.All(host.Server.Tasks, t => Assert.Equal(t["data"]!["prompt"]!.GetValue<string>(), t["data"]!["messages"]![0]!["content"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Push_WhoseAnswerGotLost_FindsItsOwnTasksThroughAllPagesAndDoublesNone(bool givesTotal)
    {
        await using var host = await StudioHost.StartAsync(count: 5);
        (host.Server.LargestPage, host.Server.GivesTotal) = (2, givesTotal);
        host.Server.LosesAnswer = call => call.EndsWith("/import", StringComparison.Ordinal);
        Assert.Equal("label-studio-away", (await Assert.ThrowsAsync<RlhfException>(host.KeepAsync)).Code);
        host.Server.LosesAnswer = _ => false;
        await host.KeepAsync();
        Assert.Equal(5, host.Tasks.Count);
        Assert.Equal(5, host.Server.Tasks.Count);
        Assert.Single(host.Server.Calls, c => c.Call.EndsWith("/import", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Push_ThatNeverArrived_IsRepeatedAfterAWhile()
    {
        await using var host = await StudioHost.StartAsync(count: 2);
        host.Server.Meet = (http, call) =>
        {
            if (!call.EndsWith("/import", StringComparison.Ordinal)) return Task.FromResult(false);
            http.Response.StatusCode = 500;
            return Task.FromResult(true);
        };
        await Assert.ThrowsAsync<RlhfException>(host.KeepAsync);
        host.Server.Meet = (_, _) => Task.FromResult(false);
        await host.KeepAsync();
        // It may still be going on there.
        Assert.Empty(host.Server.Tasks);
        await host.LookAsync();
        Assert.Equal(2, host.Server.Tasks.Count);
        Assert.Equal(2, host.Tasks.Count);
    }

    [Fact]
    public async Task Push_ToAnEditionThatImportsInTheBackground_FindsTheNumbersAtTheNextLook()
    {
        await using var host = await StudioHost.StartAsync(count: 2);
        host.Server.GivesNumbers = false;
        await host.KeepAsync();
        Assert.Empty(host.Tasks);
        await host.KeepAsync();
        Assert.Equal(2, host.Tasks.Count);
        Assert.Equal(2, host.Server.Tasks.Count);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Server_ThatIsBusy_IsAskedAgainWhenItSays(int status)
    {
        await using var host = await StudioHost.StartAsync(count: 1);
        var refusals = 2;
        host.Server.Meet = (http, call) =>
        {
            if (!call.Contains("/projects/", StringComparison.Ordinal) || call.Contains("import", StringComparison.Ordinal) || refusals-- <= 0) return Task.FromResult(false);
            http.Response.StatusCode = status;
            http.Response.Headers.RetryAfter = "0";
            return Task.FromResult(true);
        };
        await host.KeepAsync();
        Assert.Single(host.Tasks);
    }

    [Fact]
    public async Task Server_ThatRefuses_IsTheCampaignsTroubleUntilItDoesNot()
    {
        await using var host = await StudioHost.StartAsync(count: 1);
        var keeper = host.Web.Get<StudioKeeper>();
        foreach (var (status, code) in new[] { (401, "label-studio-token"), (403, "label-studio-forbidden"), (404, "label-studio-not-found") })
        {
            host.Server.Meet = (http, _) =>
            {
                http.Response.StatusCode = status;
                return Task.FromResult(true);
            };
            await keeper.KeepAsync(await CampaignAsync(host), StudioHost.Batch, default);
            var trouble = (await CampaignAsync(host)).Trouble;
            Assert.Equal(code, trouble?.Code);
            Assert.NotEmpty(trouble!.Remedy);
        }
        host.Server.Meet = (_, _) => Task.FromResult(false);
        host.Server.Template = "<View><Text name=\"t\" value=\"$prompt\"/></View>";
        await keeper.KeepAsync(await CampaignAsync(host), StudioHost.Batch, default);
        Assert.Equal("label-studio-template", (await CampaignAsync(host)).Trouble?.Code);
        host.Server.Template = DefaultTemplates.Pair;
        await keeper.KeepAsync(await CampaignAsync(host), StudioHost.Batch, default);
        Assert.Null((await CampaignAsync(host)).Trouble);
        Assert.Single(host.Server.Tasks);
    }

    [Theory]
    [InlineData("/projects/7/", "{}")]
    [InlineData("/projects/7/", "[]")]
    [InlineData("/projects/7/", """{"label_config": 7}""")]
    [InlineData("/token/refresh/", """{"access": null}""")]
    [InlineData("/token/refresh/", "[]")]
    public async Task Server_ThatAnswersInJsonOfAnotherKind_IsTheCampaignsTroubleAndTheBatchIsCounted(string path, string body)
    {
        var personal = LabelStudioServer.Jwt("refresh", new(2036, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var host = await StudioHost.StartAsync(count: 1, token: personal);
        host.Server.AccessToken = LabelStudioServer.Jwt("access", host.Time.GetUtcNow().AddMinutes(5));
        host.Server.Meet = AnswerAsync(path, body);
        await AssertLookedAtAsync(host, "label-studio-unexpected");
        host.Server.Meet = (_, _) => Task.FromResult(false);
        await AssertLookedAtAsync(host, null);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"tasks": {}}""")]
    public async Task Server_WhoseListIsNone_IsTheCampaignsTroubleAndTheBatchIsCounted(string body)
    {
        await using var host = await StudioHost.StartAsync(count: 1);
        host.Server.GivesNumbers = false;
        await host.KeepAsync();
        host.Server.Meet = AnswerAsync("/tasks/", body);
        await AssertLookedAtAsync(host, "label-studio-unexpected");
    }

    [Fact]
    public async Task Server_WithTasksAndNumbersOfAnotherKind_IsReadAsFarAsItCanBe()
    {
        await using var host = await StudioHost.StartAsync(count: 1);
        host.Server.Meet = AnswerAsync("/import", """{"task_ids": ["101"]}""");
        await host.KeepAsync();
        host.Server.Meet = AnswerAsync("/tasks/", """{"tasks": [7, null, {"id": "x"}]}""");
        await AssertLookedAtAsync(host, null);
        Assert.Empty(host.Tasks);
    }

    [Fact]
    public async Task Server_ThatHangs_HoldsALookForAMinuteAtMost()
    {
        await using var host = await StudioHost.StartAsync(count: 1);
        host.Server.Meet = async (http, _) =>
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        var begun = host.Time.GetUtcNow();
        var look = host.KeepAsync();
        for (var second = 0; second < 300 && !look.IsCompleted; second++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(look, Task.Delay(TimeSpan.FromMilliseconds(20)));
        }
        Assert.Equal("label-studio-away", (await Assert.ThrowsAsync<RlhfException>(() => look)).Code);
        Assert.InRange(host.Time.GetUtcNow() - begun, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(65));
    }

    [Fact]
    public async Task Template_ThatHasTheSecondAnswerLeft_IsMappedBackAllTheSame()
    {
        await using var host = await StudioHost.StartAsync(count: 1);
        host.Server.Template = """<View><Pairwise name="comparison" toName="b,a"/><Text name="a" value="$answer1"/><Text name="b" value="$answer2"/></View>""";
        await host.KeepAsync();
        host.Server.Annotate(host.Tasks[0], user: 1, "left");
        await host.LookAsync();
        Assert.Equal(host.Shown(0, "answer2"), await host.PreferredAsync(0));
    }

    [Fact]
    public async Task PersonalAccessToken_IsChangedForAShortLivedOneAndAgainWhenThatIsRefused()
    {
        var personal = LabelStudioServer.Jwt("refresh", new(2036, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var host = await StudioHost.StartAsync(count: 1, token: personal);
        host.Server.AccessToken = LabelStudioServer.Jwt("access", host.Time.GetUtcNow().AddMinutes(5));
        await host.KeepAsync();
        var bearer = $"Bearer {host.Server.AccessToken}";
        Assert.Single(host.Tasks);
        Assert.All(host.Server.Calls.Where(c => !c.Call.Contains("refresh", StringComparison.Ordinal)), c => Assert.Equal(bearer, c.Authorization));
        Assert.Single(host.Server.Calls, c => c.Call == "POST /api/token/refresh/");
        // Revoked before its time: the server knows another one now.
        host.Server.AccessToken = LabelStudioServer.Jwt("access", host.Time.GetUtcNow().AddMinutes(50));
        host.Server.Annotate(host.Tasks[0], user: 1, "left");
        await host.LookAsync();
        Assert.Single(await host.RankingsAsync());
    }

    [Fact]
    public async Task Ranker_OfThreeAnswers_GivesTiers()
    {
        await using var host = await StudioHost.StartAsync(count: 1, answers: 3);
        host.Server.Template = DefaultTemplates.Tiers(3);
        await host.KeepAsync();
        host.Server.Annotate(host.Tasks[0], user: 1, null, more: LabelStudioServer.Item("ranking", "answers", "ranker", new() { ["ranker"] = new JsonObject { ["1"] = new JsonArray("answer3"), ["2"] = new JsonArray("answer1", "answer2") } }));
        await host.LookAsync();
        var ranking = Assert.Single(await host.RankingsAsync());
        Assert.Equal(host.Shown(0, "answer3"), TextOf(host, 0, ranking.Tiers[0][0]));
        Assert.Equal(2, ranking.Tiers[1].Count);
    }

    private static Func<HttpContext, string, Task<bool>> AnswerAsync(string path, string body) => async (http, call) =>
    {
        if (!call.EndsWith(path, StringComparison.Ordinal)) return false;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(body);
        return true;
    };

    /// <summary>A batch's look counts its comparisons, whatever the server is like.</summary>
    private static async Task AssertLookedAtAsync(StudioHost host, string? trouble)
    {
        var look = await host.Web.Create<LookAtBatch>().RunAsync(new(WebHost.Campaign, StudioHost.Batch), default);
        Assert.Equal((1, 1), (look.Comparisons, look.Open));
        Assert.Equal(trouble, (await CampaignAsync(host)).Trouble?.Code);
    }

    private static Task<Campaign> CampaignAsync(StudioHost host) => host.Web.Get<CampaignStore>().GetAsync(WebHost.Campaign);

    private static string TextOf(StudioHost host, int comparison, string answer) => host.Comparisons[comparison].Answers.Single(a => a.Id == answer).Text;

    private static List<string> TaskOrder(StudioHost host, ComparisonId comparison)
    {
        var index = host.Comparisons.ToList().FindIndex(c => c.Id == comparison);
        return [.. new[] { host.Shown(index, "answer1"), host.Shown(index, "answer2") }.Select(text => host.Comparisons[index].Answers.Single(a => a.Text == text).Id)];
    }
}
