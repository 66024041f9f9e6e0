using Microsoft.Playwright;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Web;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

public sealed class LabelFormTests(Browser browser)
{
    private static readonly BatchId Batch = Stored.Batch;

    [BrowserFact]
    public async Task Click_OnAnAnswer_RanksItAndShowsTheNextPairAtOnce()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 4);
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        var first = await form.PromptAsync();
        var chosen = await form.AnswerTextAsync(2);
        await form.WaitForAheadAsync();
        await form.WaitUntilKeysCountAsync();
        await form.Answer(2).Locator(".text").ClickAsync();
        await Expect(form.Prompt).Not.ToHaveTextAsync(first);
        var ranking = Assert.Single(await Stored.RankingsAsync(host, 1));
        Assert.Equal(RankingOutcome.Ranked, ranking.Outcome);
        Assert.Equal(chosen, await Stored.TextOfAsync(host, ranking.Comparison, ranking.Tiers[0][0]));
        form.AssertNoErrors();
    }

    [BrowserFact]
    public async Task Keys_LeftRightTieBadSkip_AreStoredAsWhatTheySay()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 6);
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        var lefts = new Dictionary<string, string>();
        foreach (var key in new[] { "1", "2", "t", "=", "b", "s" })
        {
            lefts[key] = await form.AnswerTextAsync(1);
            await form.PressAsync(key);
        }
        await Expect(form.Main).ToContainTextAsync("Nothing left for you");
        var rankings = (await Stored.RankingsAsync(host, 6)).OrderBy(r => r.SubmittedAt).ToList();
        Assert.Equal(lefts["1"], await Stored.TextOfAsync(host, rankings[0].Comparison, rankings[0].Tiers[0][0]));
        Assert.Equal(lefts["2"], await Stored.TextOfAsync(host, rankings[1].Comparison, rankings[1].Tiers[1][0]));
        Assert.All(rankings[2..4], r => Assert.Equal(2, Assert.Single(r.Tiers).Count));
        Assert.Equal([RankingOutcome.BothBad, RankingOutcome.Skip], rankings[4..].Select(r => r.Outcome));
        Assert.All(rankings, r => Assert.True(r.ActiveTime > TimeSpan.Zero));
        form.AssertNoErrors();
    }

    [BrowserFact]
    public async Task Keys_HeldOrTooSoon_RankNothing()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 4);
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        var first = await form.PromptAsync();
        await form.WaitForAheadAsync();
        await form.WaitUntilKeysCountAsync();
        await form.Page.EvaluateAsync("() => dispatchEvent(new KeyboardEvent('keydown', { key: '1', repeat: true }))");
        Assert.Equal(first, await form.PromptAsync());
        // The second press comes with the next pair just shown: it was meant for the first.
        await form.Page.EvaluateAsync("() => { for (let i = 0; i < 2; i++) dispatchEvent(new KeyboardEvent('keydown', { key: '1' })); }");
        await Expect(form.Progress).ToContainTextAsync("1 by you");
        await form.WaitForAheadAsync();
        Assert.Single(await Stored.RankingsAsync(host, 1));
    }

    [BrowserFact]
    public async Task Undo_TwoBack_AmendsThatRankingAndReturnsToTheCurrentPair()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 4);
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        var prompts = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            prompts.Add(await form.PromptAsync());
            await form.PressAsync("1");
        }
        var current = await form.PromptAsync();
        await form.Page.Keyboard.PressAsync("u");
        await Expect(form.Prompt).ToHaveTextAsync(prompts[1]);
        await Expect(form.Main).ToContainTextAsync("It stands until you choose again");
        await form.Page.Keyboard.PressAsync("u");
        await Expect(form.Prompt).ToHaveTextAsync(prompts[0]);
        await Expect(form.Answer(1)).ToContainClassAsync("chosen");
        await form.WaitUntilKeysCountAsync();
        await form.Page.Keyboard.PressAsync("2");
        await Expect(form.Prompt).ToHaveTextAsync(current);
        var rankings = await Stored.RankingsAsync(host, 2, r => r.Revision == 2);
        Assert.Single(rankings, r => r.Revision == 2);
        await Expect(form.Progress).ToContainTextAsync("2 by you");
        form.AssertNoErrors();
    }

    [BrowserFact]
    public async Task Undo_Escape_KeepsTheEarlierRanking()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 3);
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        await form.PressAsync("1");
        var current = await form.PromptAsync();
        await form.Page.Keyboard.PressAsync("u");
        await Expect(form.Prompt).Not.ToHaveTextAsync(current);
        await form.Page.Keyboard.PressAsync("Escape");
        await Expect(form.Prompt).ToHaveTextAsync(current);
        Assert.Equal(1, Assert.Single(await Stored.RankingsAsync(host, 1)).Revision);
    }

    [BrowserFact]
    public async Task Progress_AfterRanking_CountsMineAndTheCampaigns()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 4);
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        await Expect(form.Progress).ToHaveTextAsync("0 by you · 0 of 4 done");
        for (var i = 0; i < 4; i++) await form.PressAsync("1");
        await Expect(form.Progress).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^4 by you · 4 of 4 done · [0-9.]+ s each$"));
        await Expect(form.Page.Locator("#progress-bar")).ToHaveAttributeAsync("aria-valuenow", "100");
    }

    [BrowserFact]
    public async Task GuidelinesAndKeys_OpenOverTheTaskAndTakeNoRankingKeys()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        var prompt = await form.PromptAsync();
        await form.WaitUntilKeysCountAsync();
        await form.Page.Keyboard.PressAsync("g");
        await Expect(form.Page.Locator("#guidelines")).ToContainTextAsync("Pick the answer you would rather have received.");
        await form.Page.Keyboard.PressAsync("1");
        await form.Page.Keyboard.PressAsync("Escape");
        await Expect(form.Page.Locator("#guidelines")).ToBeHiddenAsync();
        await form.Page.Keyboard.PressAsync("?");
        await Expect(form.Page.Locator("#keys")).ToContainTextAsync("Both or all are bad");
        await form.Page.Keyboard.PressAsync("Escape");
        Assert.Equal(prompt, await form.PromptAsync());
        Assert.Empty(await host.Get<RankingStore>().ReadBatchAsync(Batch));
    }

    [BrowserFact]
    public async Task HostileText_IsShownAsText()
    {
        await using var host = await WebHost.StartAsync();
        var published = SampleComparisons.Make(Batch, 0, "<script>window.hacked = 1</script> \u202Eright to left\u202C שלום", ["<img src=x onerror='window.hacked = 1'>", "**bold** <b onclick=alert(1)>no</b> &amp; \u0000\uFFFD"]);
        await host.PublishAsync(count: 0, batch: 2);
        await host.Get<ComparisonStore>().PublishAsync(WebHost.Campaign, Batch, [published]);
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        await Expect(form.Prompt).ToContainTextAsync("<script>window.hacked = 1</script>");
        await Expect(form.Main).ToContainTextAsync("<img src=x onerror='window.hacked = 1'>");
        await Expect(form.Main).ToContainTextAsync("<b onclick=alert(1)>no</b> &amp;");
        Assert.Equal(0, await form.Main.Locator("img, b, script").CountAsync());
        Assert.False(await form.Page.EvaluateAsync<bool>("() => 'hacked' in window"));
        form.AssertNoErrors();
    }

    [BrowserFact]
    public async Task PhoneWindow_AllIsReachableWithoutScrollingSideways()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync(), width: 390, height: 844);
        await form.PromptAsync();
        Assert.True(await form.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"));
        await form.WaitForAheadAsync();
        await form.WaitUntilKeysCountAsync();
        await form.Page.GetByRole(AriaRole.Button, new() { Name = "Both bad" }).ClickAsync();
        Assert.Equal(RankingOutcome.BothBad, Assert.Single(await Stored.RankingsAsync(host, 1)).Outcome);
    }

    [BrowserFact]
    public async Task PausedThenResumed_SaysSoAndGoesOnByItself()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        await host.Get<CampaignStore>().UpdateAsync(WebHost.Campaign, c => c with { State = CampaignState.Paused, Reason = "Lunch until one." });
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        await Expect(form.Main).ToContainTextAsync("Lunch until one.");
        await host.Get<CampaignStore>().UpdateAsync(WebHost.Campaign, c => c with { State = CampaignState.Active });
        await Expect(form.Prompt).ToBeVisibleAsync(new() { Timeout = 30_000 });
    }

    [BrowserFact]
    public async Task Link_BrokenOrRevoked_SaysWhatToDo()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        var annotator = await host.InviteAsync();
        var page = await browser.OpenAsync(annotator.Link[..^30]);
        await Expect(page.Locator("main")).ToContainTextAsync("not a valid invite");
        await host.Get<Rlhf.Labeling.Invites.InviteService>().RevokeAsync(WebHost.Campaign, annotator.Invite.Annotator);
        page = await browser.OpenAsync(annotator.Link);
        await Expect(page.Locator("main")).ToContainTextAsync("revoked");
        page = await browser.OpenAsync(new Uri(host.Address, "/label").ToString());
        await Expect(page.Locator("main")).ToContainTextAsync("whole link");
    }
}
