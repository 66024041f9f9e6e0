using Rlhf.Local.Tests.Web;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

/// <summary>Undo is a wish of the moment: what comes after it cancels it.</summary>
public sealed class LabelUndoTests(Browser browser)
{
    [BrowserFact]
    public async Task Waiting_ForTheConnection_IsForgottenWithTheNextJudgement()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 6);
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        await form.WaitForAheadAsync();
        await form.Page.Context.SetOfflineAsync(true);
        await RankAsync(form, "1");
        await form.KeysAsync("u");
        await Expect(form.Page.Locator("#flash")).ToContainTextAsync("Undo comes as soon as");
        await RankAsync(form, "2");
        await Expect(form.Page.Locator("#flash")).ToBeHiddenAsync();
        await form.Page.Context.SetOfflineAsync(false);
        Assert.All(await Stored.RankingsAsync(host, 2), r => Assert.Equal(1, r.Revision));
        await form.WaitForAheadAsync();
        await Expect(form.Page.Locator(".amending")).ToHaveCountAsync(0);
        form.AssertNoErrors();
    }

    [BrowserFact]
    public async Task Waiting_Escape_ForgetsIt()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 4);
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        await form.PressAsync("1");
        var current = await form.PromptAsync();
        var answer = await HoldMineAsync(form);
        await form.KeysAsync("u", "Escape");
        await form.Page.RunAndWaitForResponseAsync(() => { answer.SetResult(); return Task.CompletedTask; }, response => response.Url.Contains("/mine", StringComparison.Ordinal));
        await form.WaitUntilKeysCountAsync();
        Assert.Equal(current, await form.PromptAsync());
    }

    [BrowserFact]
    public async Task TwoPresses_BeforeTheFirstAnswer_GoTwoBack()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 4);
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        var first = await form.PromptAsync();
        await form.PressAsync("1");
        await form.PressAsync("1");
        await form.WaitForAheadAsync();
        var answer = await HoldMineAsync(form);
        await form.KeysAsync("u", "u");
        answer.SetResult();
        await Expect(form.Main).ToContainTextAsync("Your ranking 2 back");
        await Expect(form.Prompt).ToHaveTextAsync(first);
        await form.KeysAsync("u");
        await Expect(form.Page.Locator("#flash")).ToContainTextAsync("no further back");
        await Expect(form.Prompt).ToHaveTextAsync(first);
        await form.WaitUntilKeysCountAsync();
        await form.KeysAsync("2");
        Assert.Equal([1, 2], (await Stored.RankingsAsync(host, 2, r => r.Revision == 2)).Select(r => r.Revision).Order());
        form.AssertNoErrors();
    }

    private static async Task RankAsync(LabelForm form, string key)
    {
        await form.WaitUntilKeysCountAsync();
        await form.KeysAsync(key);
    }

    /// <summary>The list of one's own rankings comes when the result is set.</summary>
    private static async Task<TaskCompletionSource> HoldMineAsync(LabelForm form)
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await form.Page.RouteAsync("**/mine?*", async route =>
        {
            await answer.Task;
            await route.ContinueAsync();
        });
        return answer;
    }
}
