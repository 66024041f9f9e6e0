using Rlhf.Local.Tests.Web;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

/// <summary>A browser that keeps nothing, and one that is shared.</summary>
public sealed class LabelStorageTests(Browser browser)
{
    private const string Blocked = "() => Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('Access is denied for this document.', 'SecurityError'); } })";

    // As much as goes in, in pieces that get smaller.
    private const string Fill = """
        () => {
          for (let size = 1 << 22; size >= 1; size >>= 1)
            for (let i = 0; ; i++) try { localStorage.setItem(`filler-${size}-${i}`, 'x'.repeat(size)); } catch { break; }
        }
        """;

    [BrowserFact]
    public async Task Storage_Blocked_RanksAndRemembersForAsLongAsThePageIsOpen()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 6, answers: 3, guidelines: "Pick the best.\nBe fair.");
        var annotator = await host.InviteAsync();
        var form = new LabelForm(await browser.OpenAsync("about:blank"));
        await form.Page.AddInitScriptAsync($"({Blocked})()");
        await form.Page.GotoAsync(annotator.Link);
        await Expect(form.Page.Locator("#guidelines")).ToBeVisibleAsync();
        await form.KeysAsync("Escape");
        for (var i = 0; i < 3; i++) await RankAsync(form, i);
        await form.KeysAsync("m");
        await Expect(form.Main.Locator(".formatted").First).ToBeVisibleAsync();
        await Expect(form.Progress).ToContainTextAsync("s each");
        Assert.Equal(3, (await Stored.RankingsAsync(host, 3)).Count);
        form.AssertNoErrors();
    }

    [BrowserFact]
    public async Task Storage_Full_SendsTheRankingAndSaysThatItIsNotKept()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 6, answers: 3);
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        await form.WaitForAheadAsync();
        await form.Page.EvaluateAsync(Fill);
        for (var i = 0; i < 2; i++) await RankAsync(form, i);
        Assert.Equal(2, (await Stored.RankingsAsync(host, 2)).Count);
        await form.Page.Context.SetOfflineAsync(true);
        await form.WaitUntilKeysCountAsync();
        await form.KeysAsync("1", "2", "Enter");
        await Expect(form.Page.Locator("#outbox")).ToContainTextAsync("if this page stays open");
        await form.Page.Context.SetOfflineAsync(false);
        await Expect(form.Page.Locator("#outbox")).ToBeHiddenAsync();
        Assert.Equal(3, (await Stored.RankingsAsync(host, 3)).Count);
        form.AssertNoErrors();
    }

    [BrowserFact]
    public async Task Shared_UnsentRankingsOfOne_StayUntilThatOneComesBack()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 6);
        var (anna, other) = (await host.InviteAsync("anna"), await host.InviteAsync("anna-2"));
        var form = await LabelForm.OpenAsync(browser, other);
        await KeepOneUnsentAsync(form);
        form = await form.CloseAndOpenAsync(anna);
        await form.PressAsync("2");
        Assert.Equal(anna.Invite.Annotator, Assert.Single(await Stored.RankingsAsync(host, 1)).Annotator);
        form = await form.CloseAndOpenAsync(other);
        Assert.Contains(await Stored.RankingsAsync(host, 2), r => r.Annotator == other.Invite.Annotator);
        form.AssertNoErrors();
    }

    [BrowserFact]
    public async Task Unsent_UnderTheNamesUsedFirst_AreSentForTheirAnnotatorOnly()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 6);
        var (anna, other) = (await host.InviteAsync("anna"), await host.InviteAsync("anna-2"));
        var form = await LabelForm.OpenAsync(browser, other);
        await KeepOneUnsentAsync(form);
        // As they were named; and one under anna's own name that was never served to her.
        await form.Page.EvaluateAsync("""
            () => {
              const name = Object.keys(localStorage).find(name => name.startsWith("rlhf-outbox"));
              const item = localStorage.getItem(name);
              localStorage.removeItem(name);
              localStorage.setItem("rlhf-outbox-support-anna-2-1717171717171-abcdef12", item);
              localStorage.setItem("rlhf-outbox-support-anna-1717171717171-abcdef12", item);
            }
            """);
        form = await form.CloseAndOpenAsync(anna);
        await form.PressAsync("2");
        await Expect(form.Page.Locator("#flash, #outbox").Filter(new() { Visible = true })).ToHaveCountAsync(0);
        Assert.Equal(anna.Invite.Annotator, Assert.Single(await Stored.RankingsAsync(host, 1)).Annotator);
        await WaitUntilNamesOfNowAreSentAsync(form);
        form = await form.CloseAndOpenAsync(other);
        Assert.Contains(await Stored.RankingsAsync(host, 2), r => r.Annotator == other.Invite.Annotator);
        await form.PromptAsync();
        await WaitUntilNamesOfNowAreSentAsync(form);
        Assert.Equal(["rlhf-outbox-support-anna-1717171717171-abcdef12"],
            await form.Page.EvaluateAsync<string[]>("() => Object.keys(localStorage).filter(name => name.startsWith('rlhf-outbox'))"));
    }

    // What is stored on the server is still the browser's until its answer is there: a page closed between the two sends it once more.
    private static async Task WaitUntilNamesOfNowAreSentAsync(LabelForm form) =>
        await form.Page.WaitForFunctionAsync("() => !Object.keys(localStorage).some(name => name.startsWith('rlhf-outbox:'))");

    private static async Task KeepOneUnsentAsync(LabelForm form)
    {
        await form.WaitForAheadAsync();
        await form.WaitUntilKeysCountAsync();
        await form.Page.RouteAsync("**/ranking", route => route.AbortAsync());
        await form.Page.Keyboard.PressAsync("1");
        await Expect(form.Page.Locator("#outbox")).ToContainTextAsync("not sent yet");
    }

    /// <summary>Two of three answers, and waits until the server has it.</summary>
    private static async Task RankAsync(LabelForm form, int before)
    {
        await form.PromptAsync();
        await form.WaitUntilKeysCountAsync();
        await form.KeysAsync("1", "2", "Enter");
        await Expect(form.Progress).ToContainTextAsync($"{before + 1} by you");
    }
}
