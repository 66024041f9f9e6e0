using Rlhf.Campaigns;
using Rlhf.Local.Tests.Web;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

/// <summary>What makes judgements careful: notes, own answers, pace, breaks, a cap, guidelines that change.</summary>
public sealed class LabelCareTests(Browser browser)
{
    [BrowserFact]
    public async Task Notes_CommentAndOwnAnswer_GoWithTheRankingAndComeBackForAmending()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var form = await OpenAsync(host);
        await form.Page.Keyboard.PressAsync("c");
        await form.Page.Keyboard.TypeAsync("2 is rude, skip");
        await form.Page.Keyboard.PressAsync("Escape");
        await form.Page.Keyboard.PressAsync("e");
        await form.Page.GetByRole(AriaRole.Button, new() { Name = "Left", Exact = true }).ClickAsync();
        await form.Page.Keyboard.TypeAsync(" Bye!");
        var own = await form.Page.GetByLabel("Own answer").InputValueAsync();
        // What is typed is no key, and a reload keeps it.
        await form.Page.ReloadAsync();
        await Expect(form.Page.GetByLabel("Own answer")).ToHaveValueAsync(own);
        await form.Page.Keyboard.PressAsync("Escape");
        await form.PressAsync("1");
        var ranking = Assert.Single(await Stored.RankingsAsync(host, 1));
        Assert.Equal(("2 is rude, skip", own), (ranking.Comment, ranking.BetterAnswer));
        Assert.EndsWith(" Bye!", own);
        await Expect(form.Page.GetByLabel("Comment")).ToBeHiddenAsync();
        await form.Page.Keyboard.PressAsync("u");
        await Expect(form.Page.GetByLabel("Comment")).ToHaveValueAsync("2 is rude, skip");
        form.AssertNoErrors();
    }

    [BrowserFact]
    public async Task Notes_NotWanted_AreNotOffered()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2, form: new() { Comments = false, BetterAnswers = false });
        var form = await OpenAsync(host);
        await form.KeysAsync("c", "e");
        await Expect(form.Page.Locator("textarea")).ToHaveCountAsync(0);
        await Expect(form.Page.GetByText("Own answer")).ToHaveCountAsync(0);
    }

    [BrowserFact]
    public async Task Break_AfterSoMuchActiveTime_IsProposedAndWaitsForNobody()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 6, form: new() { BreakAfter = TimeSpan.FromMinutes(1) });
        var form = await OpenAsync(host, clock: true);
        for (var i = 0; i < 3; i++)
        {
            // Half a minute of reading without a sign is active still; more is not.
            await form.Page.Clock.FastForwardAsync(25_000);
            await form.Page.Keyboard.PressAsync("1");
            await form.WaitForAheadAsync();
        }
        await Expect(form.Page.Locator("#break")).ToContainTextAsync("You have ranked for 1 minute.");
        await form.Page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(form.Page.Locator("#break")).ToBeHiddenAsync();
        // The page's clock runs on between the leaps.
        await Expect(form.Progress).ToContainTextAsync(new System.Text.RegularExpressions.Regex("2[5-9] s each"));
        Assert.All(await Stored.RankingsAsync(host, 3), r => Assert.InRange(r.ActiveTime!.Value.TotalSeconds, 24, 29));
    }

    [BrowserFact]
    public async Task Time_CountsOnlyWhileActiveAndNoDialogIsOpen()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var form = await OpenAsync(host, clock: true);
        await form.Page.Clock.FastForwardAsync(10_000);
        await form.Page.Keyboard.PressAsync("g");
        await form.Page.Clock.FastForwardAsync(20_000);
        await form.Page.Keyboard.PressAsync("Escape");
        await Expect(form.Page.Locator("#guidelines")).ToBeHiddenAsync();
        await form.Page.Clock.FastForwardAsync(300_000);
        await form.Page.Keyboard.PressAsync("1");
        var ranking = Assert.Single(await Stored.RankingsAsync(host, 1));
        Assert.InRange(ranking.ActiveTime!.Value.TotalSeconds, 38, 45);
    }

    [BrowserFact]
    public async Task Time_OfAHiddenTab_DoesNotCount()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var form = await OpenAsync(host, clock: true);
        await form.Page.Clock.FastForwardAsync(6_000);
        await HideAsync(form, hidden: true);
        await form.Page.Clock.FastForwardAsync(20_000);
        await HideAsync(form, hidden: false);
        await form.Page.Clock.FastForwardAsync(4_000);
        await form.Page.Keyboard.PressAsync("1");
        var ranking = Assert.Single(await Stored.RankingsAsync(host, 1));
        // The clock of the page goes on by itself too, by some seconds on a busy machine.
        Assert.InRange(ranking.ActiveTime!.Value.TotalSeconds, 9, 25);
    }

    [BrowserFact]
    public async Task Time_OverAReload_GoesOnWhereItWas()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var form = await OpenAsync(host, clock: true);
        await form.Page.Clock.FastForwardAsync(20_000);
        await form.Page.ReloadAsync();
        await form.WaitForAheadAsync();
        await form.Page.Clock.FastForwardAsync(5_000);
        await form.Page.Keyboard.PressAsync("1");
        // The clock of the page goes on by itself too, by some seconds on a busy machine.
        Assert.InRange(Assert.Single(await Stored.RankingsAsync(host, 1)).ActiveTime!.Value.TotalSeconds, 24, 70);
    }

    [BrowserFact]
    public async Task Time_UndoAndBack_IsTheCurrentTasks_AndAnAmendmentsIsAdded()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 4, form: new() { TooFastPerThousandCharacters = TimeSpan.FromSeconds(30) });
        var form = await OpenAsync(host, clock: true);
        await form.Page.Clock.FastForwardAsync(25_000);
        await form.Page.Keyboard.PressAsync("1");
        await form.WaitForAheadAsync();
        // The second one is read for a while, then the first one looked at again and changed at once.
        await form.Page.Clock.FastForwardAsync(20_000);
        await form.Page.Keyboard.PressAsync("u");
        await Expect(form.Page.Locator(".amending")).ToBeVisibleAsync();
        await form.Page.Clock.FastForwardAsync(1_000);
        await form.Page.Keyboard.PressAsync("2");
        var amended = (await Stored.RankingsAsync(host, 1, r => r.Revision == 2)).Single(r => r.Revision == 2);
        Assert.InRange(amended.ActiveTime!.Value.TotalSeconds, 25, 70);
        Assert.False(amended.TooFast);
        await Expect(form.Page.Locator(".amending")).ToBeHiddenAsync();
        await form.Page.Keyboard.PressAsync("u");
        await Expect(form.Page.Locator(".amending")).ToBeVisibleAsync();
        await form.Page.Keyboard.PressAsync("Escape");
        await form.Page.Clock.FastForwardAsync(1_000);
        await form.Page.Keyboard.PressAsync("1");
        var second = (await Stored.RankingsAsync(host, 2)).Single(r => r.Revision == 1);
        Assert.InRange(second.ActiveTime!.Value.TotalSeconds, 20, 70);
    }

    [BrowserFact]
    public async Task TooFast_IsFlaggedForTheOwner()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 3, form: new() { TooFastPerThousandCharacters = TimeSpan.FromMinutes(1) });
        var form = await OpenAsync(host);
        await form.PressAsync("1");
        Assert.True(Assert.Single(await Stored.RankingsAsync(host, 1)).TooFast);
    }

    [BrowserFact]
    public async Task Cap_Reached_SaysSoAndCountsTheDay()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 4, form: new() { DailyCap = 2 });
        var form = await OpenAsync(host);
        await Expect(form.Progress).ToContainTextAsync("0 of 2 today");
        await form.PressAsync("1");
        await form.WaitUntilKeysCountAsync();
        await form.Page.Keyboard.PressAsync("2");
        await Expect(form.Main).ToContainTextAsync("Enough for today");
        await Expect(form.Progress).ToContainTextAsync("2 of 2 today");
        await form.Page.Keyboard.PressAsync("u");
        await Expect(form.Page.Locator(".amending")).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Guidelines_ChangedWhileSomebodyLabels_OpenByThemselvesAndTheVersionIsStored()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 6);
        var form = await OpenAsync(host);
        await form.WaitForAheadAsync();
        await host.Get<GuidelinesStore>().ChangeAsync(WebHost.Campaign, "Be strict.\nNo jokes.");
        for (var i = 0; i < 4 && !await form.Page.Locator("#guidelines").IsVisibleAsync(); i++) await form.PressAsync("1");
        await Expect(form.Page.Locator("#guidelines")).ToContainTextAsync("The guidelines have changed");
        await Expect(form.Page.Locator("#guidelines")).ToContainTextAsync("Be strict.\nNo jokes.");
        await form.Page.Keyboard.PressAsync("Escape");
        await form.WaitUntilKeysCountAsync();
        await form.Page.Keyboard.PressAsync("1");
        await Stored.RankingsAsync(host, 2, r => r.GuidelinesVersion == 2);
    }

    [BrowserFact]
    public async Task Keyboard_Alone_ReachesEveryButtonAndTellsWhatItDoes()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2, form: new() { Scale = 4 });
        var form = await OpenAsync(host);
        var reached = new HashSet<string>();
        for (var i = 0; i < 25; i++)
        {
            await form.Page.Keyboard.PressAsync("Tab");
            reached.Add(await form.Page.EvaluateAsync<string>("() => (document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText ?? '').split('\\n')[0]"));
        }
        var wanted = await form.Page.Locator("button:visible:not([disabled])").EvaluateAllAsync<string[]>("all => all.map(button => button.innerText.split('\\n')[0])");
        Assert.Empty(wanted.Except(reached));
    }

    /// <summary>As a browser tells a page whose tab goes behind another, or comes back.</summary>
    private static Task<System.Text.Json.JsonElement?> HideAsync(LabelForm form, bool hidden) => form.Page.EvaluateAsync(
        "hidden => { Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden }); document.dispatchEvent(new Event('visibilitychange')); }", hidden);

    private async Task<LabelForm> OpenAsync(WebHost host, bool clock = false)
    {
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync(), clock: clock);
        await form.PromptAsync();
        await form.WaitForAheadAsync();
        return form;
    }
}
