using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Web;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

/// <summary>Three to nine answers, into tiers or as best and worst.</summary>
public sealed class LabelManyTests(Browser browser)
{
    [BrowserFact]
    public async Task Tiers_NumberKeysAndTie_AreSubmittedWithEnter()
    {
        await using var host = await WebHost.StartAsync();
        var form = await OpenAsync(host, answers: 3);
        await Expect(form.Main).ToContainTextAsync("Cut off at the length limit");
        await form.KeysAsync("3", "1", "t", "2", "Enter");
        Assert.Equal("3>1=2", Places(Assert.Single(await Stored.RankingsAsync(host, 1))));
        form.AssertNoErrors();
    }

    [BrowserFact]
    public async Task Tiers_ClicksTakeBackAndAnIncompleteRanking_LeaveOthersOut()
    {
        await using var host = await WebHost.StartAsync();
        var form = await OpenAsync(host, answers: 4);
        foreach (var number in new[] { 2, 4, 1 }) await form.Answer(number).ClickAsync();
        await Expect(form.Answer(1)).ToContainTextAsync("3rd");
        await form.Answer(4).ClickAsync();
        await Expect(form.Answer(1)).ToContainTextAsync("2nd");
        await form.KeysAsync("Backspace", "3", "Enter");
        Assert.Equal("2>3", Places(Assert.Single(await Stored.RankingsAsync(host, 1))));
    }

    [BrowserFact]
    public async Task Tiers_DraggedNumbers_GoWhereTheyAreDropped()
    {
        await using var host = await WebHost.StartAsync();
        var form = await OpenAsync(host, answers: 4);
        await form.KeysAsync("1", "2", "3");
        var strip = form.Page.Locator(".strip");
        await strip.Locator("[data-chip='4']").DragToAsync(strip.Locator(".tier").First);
        await Expect(form.Answer(4)).ToContainTextAsync("1st");
        await form.Answer(3).Locator(".answer-name").DragToAsync(strip.Locator(".gap").First);
        await Expect(form.Answer(3)).ToContainTextAsync("1st");
        await form.KeysAsync("Enter");
        Assert.Equal("3>1=4>2", Places(Assert.Single(await Stored.RankingsAsync(host, 1))));
    }

    [BrowserFact]
    public async Task Tiers_NineAnswers_EachHasItsKey()
    {
        await using var host = await WebHost.StartAsync();
        var form = await OpenAsync(host, answers: 9);
        await form.KeysAsync("9", "8", "7", "6", "5", "4", "3", "2", "1", "Enter");
        Assert.Equal("9>8>7>6>5>4>3>2>1", Places(Assert.Single(await Stored.RankingsAsync(host, 1))));
    }

    [BrowserFact]
    public async Task Tiers_Reload_KeepsWhatWasBegun()
    {
        await using var host = await WebHost.StartAsync();
        var form = await OpenAsync(host, answers: 3);
        await form.KeysAsync("2", "1");
        await form.Page.ReloadAsync();
        await Expect(form.Answer(1)).ToContainTextAsync("2nd");
        await form.WaitUntilKeysCountAsync();
        await form.KeysAsync("Enter");
        Assert.Equal("2>1", Places(Assert.Single(await Stored.RankingsAsync(host, 1))));
    }

    [BrowserFact]
    public async Task Tiers_KeysInTheFirstMoment_PlaceNothing()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2, answers: 3);
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        await form.WaitForAheadAsync();
        await form.WaitUntilKeysCountAsync();
        await form.KeysAsync("1", "2");
        // Submitted, and the next one's keys pressed in the same moment.
        await form.Page.EvaluateAsync("() => { for (const key of ['Enter', '1', '2', 'Enter']) dispatchEvent(new KeyboardEvent('keydown', { key })); }");
        await Expect(form.Page.Locator(".badge-place:visible")).ToHaveCountAsync(0);
        Assert.Single(await Stored.RankingsAsync(host, 1));
    }

    [BrowserFact]
    public async Task Pin_TwoAnswers_StandSideBySideAndCanBeCompared()
    {
        await using var host = await WebHost.StartAsync();
        var form = await OpenAsync(host, answers: 4);
        await form.KeysAsync("p", "1", "4", "d");
        var (one, four) = (await form.Answer(1).BoundingBoxAsync(), await form.Answer(4).BoundingBoxAsync());
        Assert.Equal(one!.Y, four!.Y);
        Assert.True(one.X < four.X && (await form.Answer(2).BoundingBoxAsync())!.Y > one.Y);
        await Expect(form.Answer(1).Locator("mark").First).ToBeVisibleAsync();
        await Expect(form.Answer(2).Locator("mark")).ToHaveCountAsync(0);
        await form.KeysAsync("p", "p");
        await Expect(form.Page.Locator(".answer.pin")).ToHaveCountAsync(0);
    }

    [BrowserFact]
    public async Task BestAndWorst_TwoKeysAndEnter_PutTheRestBetween()
    {
        await using var host = await WebHost.StartAsync();
        var form = await OpenAsync(host, answers: 4, new() { ManyAnswers = ManyAnswersMode.BestAndWorst });
        await form.KeysAsync("4", "2");
        await Expect(form.Answer(4)).ToContainTextAsync("Best");
        await Expect(form.Answer(2)).ToContainTextAsync("Worst");
        await form.KeysAsync("Enter");
        Assert.Equal("4>1=3>2", Places(Assert.Single(await Stored.RankingsAsync(host, 1))));
        form.AssertNoErrors();
    }

    [BrowserFact]
    public async Task Tiers_EnterHeldOnANumber_CountsOnce()
    {
        await using var host = await WebHost.StartAsync();
        var form = await OpenAsync(host, answers: 3);
        await form.Page.Locator("[data-chip='2']").FocusAsync();
        for (var i = 0; i < 4; i++) await form.Page.Keyboard.DownAsync("Enter");
        await form.Page.Keyboard.UpAsync("Enter");
        await Expect(form.Answer(2)).ToContainTextAsync("1st");
        await form.KeysAsync("Enter");
        await Expect(form.Answer(2)).Not.ToContainTextAsync("1st");
    }

    [BrowserFact]
    public async Task Tiers_EachKey_IsSaidToAScreenReader()
    {
        await using var host = await WebHost.StartAsync();
        var form = await OpenAsync(host, answers: 4);
        await AssertSaidAsync(form, ("t", "Nothing to tie with yet"), ("3", "Answer 3, 1st"), ("Enter", "Rank two answers or more first"), ("t", "The next one ties with 3"),
            ("1", "Answer 1, 1st, tied with 3"), ("Backspace", "Answer 1 taken back"), ("4", "Answer 4, 2nd"), ("4", "Answer 4 taken back"), ("p", "Pin: press the numbers of two answers"),
            ("1", "Pinned 1"), ("4", "Pinned 1 and 4"), ("d", "Differences are marked"), ("d", "Differences are not marked"), ("m", "Formatted text"), ("m", "Text as written"), ("p", "Pin: press the numbers of two answers"), ("p", "Nothing is pinned"));
    }

    [BrowserFact]
    public async Task BestAndWorst_EachKey_IsSaidToAScreenReader()
    {
        await using var host = await WebHost.StartAsync();
        var form = await OpenAsync(host, answers: 3, new() { ManyAnswers = ManyAnswersMode.BestAndWorst });
        await AssertSaidAsync(form, ("3", "Answer 3, the best"), ("Enter", "Choose the best and the worst answer first"), ("2", "Answer 2, the worst"), ("2", "Answer 2 taken back"));
    }

    private static async Task AssertSaidAsync(LabelForm form, params (string Key, string Said)[] expected)
    {
        foreach (var (key, said) in expected)
        {
            await form.KeysAsync(key);
            await Expect(form.Page.Locator("#announcer")).ToHaveTextAsync(said);
        }
    }

    private async Task<LabelForm> OpenAsync(WebHost host, int answers, LabelFormSettings? settings = null)
    {
        await Stored.PublishAsync(host, settings ?? new(), SampleComparisons.Make(Stored.Batch, 0, answers));
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        await form.PromptAsync();
        await form.WaitUntilKeysCountAsync();
        return form;
    }

    /// <summary>Places on the screen, the best first.</summary>
    private static string Places(Ranking ranking) =>
        string.Join('>', ranking.Tiers.Select(tier => string.Join('=', tier.Select(answer => ranking.ShownOrder.ToList().IndexOf(answer) + 1).Order())));
}
