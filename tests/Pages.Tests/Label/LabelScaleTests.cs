using Microsoft.Playwright;
using Rlhf.Local.Tests.Web;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

/// <summary>Two answers: one key, and one button, for each point of the campaign's scale.</summary>
public sealed class LabelScaleTests(Browser browser)
{
    [BrowserFact]
    public Task Scale4_EachKey_IsItsPoint() => AssertKeysAsync(4, ("1", true, 2), ("2", true, 1), ("3", false, 1), ("4", false, 2), ("t", null, null));

    [BrowserFact]
    public Task Scale7_EachKey_IsItsPoint() =>
        AssertKeysAsync(7, ("1", true, 3), ("2", true, 2), ("3", true, 1), ("4", null, null), ("5", false, 1), ("6", false, 2), ("7", false, 3));

    [BrowserFact]
    public Task Scale2_Arrows_AreTheSides() => AssertKeysAsync(2, ("ArrowLeft", true, null), ("ArrowRight", false, null));

    [BrowserFact]
    public async Task Scale4_ClickOnAPoint_RanksAndAClickOnAnAnswerDoesNot()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 3, form: new() { Scale = 4 });
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        var first = await form.PromptAsync();
        await form.WaitForAheadAsync();
        await form.WaitUntilKeysCountAsync();
        await form.Answer(2).ClickAsync();
        Assert.Equal(first, await form.PromptAsync());
        await form.Page.GetByRole(AriaRole.Button, new() { Name = "Right is Slightly better" }).ClickAsync();
        await Expect(form.Prompt).Not.ToHaveTextAsync(first);
        var ranking = Assert.Single(await Stored.RankingsAsync(host, 1));
        Assert.Equal((1, ranking.ShownOrder[1]), (ranking.Strength, ranking.Tiers[0][0]));
    }

    [BrowserFact]
    public async Task Scale4_Amending_ShowsThePointThatStands()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 3, form: new() { Scale = 4 });
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        await form.PressAsync("3");
        await form.Page.Keyboard.PressAsync("u");
        await Expect(form.Page.GetByRole(AriaRole.Button, new() { Name = "Right is Slightly better" })).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(form.Answer(2)).ToContainClassAsync("chosen");
        await form.WaitUntilKeysCountAsync();
        await form.Page.Keyboard.PressAsync("1");
        var ranking = Assert.Single(await Stored.RankingsAsync(host, 1, r => r.Revision == 2));
        Assert.Equal((2, ranking.ShownOrder[0]), (ranking.Strength, ranking.Tiers[0][0]));
    }

    private async Task AssertKeysAsync(int scale, params (string Key, bool? Left, int? Strength)[] expected)
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: expected.Length + 1, form: new() { Scale = scale });
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        foreach (var (key, _, _) in expected) await form.PressAsync(key);
        var rankings = (await Stored.RankingsAsync(host, expected.Length)).OrderBy(r => r.SubmittedAt).ToList();
        Assert.Equal(expected.Select(e => (e.Left, e.Strength)), rankings.Select(r => (r.Tiers.Count == 1 ? (bool?)null : r.Tiers[0][0] == r.ShownOrder[0], r.Strength)));
        form.AssertNoErrors();
    }
}
