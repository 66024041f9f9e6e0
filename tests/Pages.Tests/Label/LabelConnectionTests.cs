using Rlhf.Labeling;
using Rlhf.Local.Tests.Web;
using Rlhf.Web.Contracts;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

/// <summary>Reloads, other devices, lost connections, others at work: nothing is lost and nothing is asked twice.</summary>
public sealed class LabelConnectionTests(Browser browser)
{
    private static readonly BatchId Batch = Stored.Batch;

    [BrowserFact]
    public async Task Reload_LeaseRunning_ShowsTheSamePair()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 8);
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        var prompt = await form.PromptAsync();
        await form.WaitForAheadAsync();
        await form.Page.ReloadAsync();
        await Expect(form.Prompt).ToHaveTextAsync(prompt);
    }

    [BrowserFact]
    public async Task Leaving_GivesThePairFetchedAheadToOthersAndKeepsTheOneShown()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        var shown = await form.PromptAsync();
        await form.WaitForAheadAsync();
        var other = await host.InviteAsync();
        Assert.Null((await other.NextAsync()).Task);
        await form.Page.GotoAsync("about:blank");
        var task = await NextTaskAsync(other);
        Assert.NotEqual(shown, task.Messages[0].Content);
        Assert.Null((await other.NextAsync(task.Comparison)).Task);
    }

    [BrowserFact]
    public async Task Connection_LostWhileRanking_KeepsTheRankingSaysSoAndSendsItLater()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 4);
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        await form.WaitForAheadAsync();
        await form.WaitUntilKeysCountAsync();
        await form.Page.Context.SetOfflineAsync(true);
        await form.Page.Keyboard.PressAsync("1");
        await Expect(form.Page.Locator("#outbox")).ToContainTextAsync("1 ranking is not sent yet");
        Assert.Empty(await host.Get<RankingStore>().ReadBatchAsync(Batch));
        await form.Page.Context.SetOfflineAsync(false);
        await Expect(form.Page.Locator("#outbox")).ToBeHiddenAsync();
        Assert.Single(await Stored.RankingsAsync(host, 1));
    }

    [BrowserFact]
    public async Task Connection_LostAndPageReloaded_SendsTheKeptRankingFirst()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 4);
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        var first = await form.PromptAsync();
        await form.WaitUntilKeysCountAsync();
        await form.Page.RouteAsync("**/ranking", route => route.AbortAsync());
        await form.Page.Keyboard.PressAsync("1");
        await Expect(form.Page.Locator("#outbox")).ToContainTextAsync("not sent yet");
        await form.Page.UnrouteAllAsync();
        await form.Page.ReloadAsync();
        await Expect(form.Prompt).Not.ToHaveTextAsync(first);
        Assert.Single(await Stored.RankingsAsync(host, 1));
    }

    [BrowserFact]
    public async Task TwoAnnotators_AtOnce_NeverSeeTheSamePair()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 8);
        var forms = new[] { await LabelForm.OpenAsync(browser, await host.InviteAsync()), await LabelForm.OpenAsync(browser, await host.InviteAsync()) };
        var seen = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            foreach (var form in forms) seen.Add(await form.PromptAsync());
            await Task.WhenAll(forms.Select(form => form.PressAsync("1")));
        }
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Equal(2, (await Stored.RankingsAsync(host, 6)).Select(r => r.Annotator).Distinct().Count());
    }

    [BrowserFact]
    public async Task OtherDevice_ShowsTheSamePair_AndWhatIsRankedThereStands()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 4);
        var annotator = await host.InviteAsync();
        var form = await LabelForm.OpenAsync(browser, annotator);
        var prompt = await form.PromptAsync();
        await form.WaitForAheadAsync();
        var phone = await LabelForm.OpenAsync(browser, annotator, width: 390, height: 844);
        Assert.Equal(prompt, await phone.PromptAsync());
        await phone.PressAsync("1");
        await Stored.RankingsAsync(host, 1);
        await form.WaitUntilKeysCountAsync();
        await form.Page.Keyboard.PressAsync("2");
        await Expect(form.Page.Locator("#flash")).ToContainTextAsync("That ranking stands");
        var ranking = Assert.Single(await Stored.RankingsAsync(host, 1));
        Assert.Equal(ranking.ShownOrder[0], ranking.Tiers[0][0]);
    }

    [BrowserFact]
    public async Task TwoWindowsOfOneBrowser_Offline_KeepBothRankings()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 6);
        var annotator = await host.InviteAsync();
        var first = await LabelForm.OpenAsync(browser, annotator);
        await first.WaitForAheadAsync();
        var second = new LabelForm(await first.Page.Context.NewPageAsync());
        await second.Page.GotoAsync(annotator.Link);
        Assert.Equal(await first.PromptAsync(), await second.PromptAsync());
        await first.WaitUntilKeysCountAsync();
        await first.Page.Context.SetOfflineAsync(true);
        // The first one's second task and the second one's first: two comparisons.
        foreach (var (form, key) in new[] { (first, "1"), (first, "2"), (second, "1") })
        {
            await form.WaitUntilKeysCountAsync();
            await form.Page.Keyboard.PressAsync(key);
            await Expect(form.Page.Locator("#outbox")).ToContainTextAsync("not sent yet");
        }
        await first.Page.CloseAsync();
        await second.Page.Context.SetOfflineAsync(false);
        await second.Page.ReloadAsync();
        Assert.Equal(2, (await Stored.RankingsAsync(host, 2)).Select(r => r.Comparison).Distinct().Count());
    }

    private static async Task<TaskView> NextTaskAsync(WebHost.Annotator annotator)
    {
        var limit = DateTimeOffset.UtcNow.AddSeconds(15);
        while (true)
        {
            if ((await annotator.NextAsync()).Task is { } task) return task;
            Assert.True(DateTimeOffset.UtcNow < limit, "No task was released in 15 seconds.");
        }
    }
}
