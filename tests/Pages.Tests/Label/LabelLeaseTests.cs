using Microsoft.Extensions.Time.Testing;
using Microsoft.Playwright;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Web;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

/// <summary>A task stays with whoever reads it, and goes to others where nobody does.</summary>
public sealed class LabelLeaseTests(Browser browser)
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    private readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);

    [BrowserFact]
    public async Task ReadingOn_KeepsTheTaskAndTheOneFetchedAhead()
    {
        await using var host = await WebHost.StartAsync(time: time);
        var (form, other) = await OpenAsync(host, count: 2);
        for (var i = 0; i < 3; i++)
        {
            await PassAsync(form, TimeSpan.FromMinutes(6));
            await RenewedAsync(form, () => form.Page.Mouse.MoveAsync(200 + i, 300));
            Assert.Null((await other.NextAsync()).Task);
        }
        await Expect(form.Page.Locator("#lease")).ToBeHiddenAsync();
        form.AssertNoErrors();
    }

    [BrowserFact]
    public async Task LeftAlone_GoesToSomebodyElse_AndSaysThatARankingIsKeptAllTheSame()
    {
        await using var host = await WebHost.StartAsync(time: time);
        var (form, other) = await OpenAsync(host, count: 1);
        var shown = await form.PromptAsync();
        await PassAsync(form, Lease + TimeSpan.FromSeconds(1));
        await Expect(form.Page.Locator("#lease")).ToContainTextAsync("this task may go to somebody else");
        var task = (await other.NextAsync()).Task!;
        Assert.Equal(shown, task.Messages[^1].Content);
        await RenewedAsync(form, () => form.Page.Mouse.MoveAsync(200, 300));
        await Expect(form.Page.Locator("#lease")).ToContainTextAsync("has gone to somebody else. You can still rank it");
        await other.RankAsync(task);
        await form.Page.Keyboard.PressAsync("1");
        await Expect(form.Page.Locator("#flash")).ToContainTextAsync("kept as an extra one");
        await Expect(form.Page.Locator("#lease")).ToBeHiddenAsync();
        Assert.Equal([false, true], (await Stored.RankingsAsync(host, 2)).Select(r => r.Extra).Order());
        form.AssertNoErrors();
    }

    [BrowserFact]
    public async Task LeftAlone_NobodyElseTookIt_IsKeptWithTheNextSign()
    {
        await using var host = await WebHost.StartAsync(time: time);
        var (form, other) = await OpenAsync(host, count: 1);
        await PassAsync(form, Lease + TimeSpan.FromSeconds(1));
        await Expect(form.Page.Locator("#lease")).ToBeVisibleAsync();
        await RenewedAsync(form, () => form.Page.Keyboard.PressAsync("ArrowDown"));
        await Expect(form.Page.Locator("#lease")).ToBeHiddenAsync();
        Assert.Null((await other.NextAsync()).Task);
    }

    [BrowserFact]
    public async Task Lost_TheNextOneCanBeTakenInstead()
    {
        await using var host = await WebHost.StartAsync(time: time);
        var (form, other) = await OpenAsync(host, count: 1);
        var shown = await form.PromptAsync();
        await PassAsync(form, Lease + TimeSpan.FromSeconds(1));
        Assert.NotNull((await other.NextAsync()).Task);
        await host.Get<ComparisonStore>().PublishAsync(WebHost.Campaign, BatchId.For(WebHost.Campaign, 1, 7), [SampleComparisons.Make(BatchId.For(WebHost.Campaign, 1, 7), 7)]);
        await RenewedAsync(form, () => form.Page.Mouse.MoveAsync(200, 300));
        await form.Page.GetByRole(AriaRole.Button, new() { Name = "Take the next one" }).ClickAsync();
        await Expect(form.Prompt).Not.ToHaveTextAsync(shown);
        await Expect(form.Page.Locator("#lease")).ToBeHiddenAsync();
        form.AssertNoErrors();
    }

    [BrowserFact]
    public async Task Stopped_TheTaskGoesBack_AndNoKeyOrNoticeOfItIsLeft()
    {
        await using var host = await WebHost.StartAsync(time: time);
        var (form, other) = await OpenAsync(host, count: 2);
        await form.PressAsync("1");
        await form.Page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await form.Page.WaitForFunctionAsync("() => window.nextCalls.pending === 0");
        await form.Page.Clock.FastForwardAsync((long)(Lease + TimeSpan.FromSeconds(1)).TotalMilliseconds);
        await form.Page.Mouse.MoveAsync(200, 300);
        await form.KeysAsync("u", "?", "1", "Escape");
        await form.WaitUntilKeysCountAsync();
        await Expect(form.Page.Locator(".notice:visible, dialog[open], .amending")).ToHaveCountAsync(0);
        await Expect(form.Main).ToContainTextAsync("Thank you");
        Assert.NotNull((await other.NextAsync()).Task);
        await form.Page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(form.Main).Not.ToContainTextAsync("Thank you");
        form.AssertNoErrors();
    }

    [BrowserTheory]
    [InlineData("lease-lost")]
    public async Task Lost_WideAndNarrowLightAndDark_HasNothingSeriousForAxeAndFits(string state)
    {
        await using var host = await WebHost.StartAsync(time: time);
        var (form, other) = await OpenAsync(host, count: 1);
        await PassAsync(form, Lease + TimeSpan.FromSeconds(1));
        await other.NextAsync();
        await RenewedAsync(form, () => form.Page.Keyboard.PressAsync("ArrowDown"));
        await Expect(form.Page.GetByRole(AriaRole.Button, new() { Name = "Take the next one" })).ToBeVisibleAsync();
        await Axe.AssertInAllViewsAsync(form.Page, state);
    }

    private async Task<(LabelForm Form, WebHost.Annotator Other)> OpenAsync(WebHost host, int count)
    {
        await host.PublishAsync(count, lease: Lease);
        var other = await host.InviteAsync();
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync(), clock: true);
        if (count > 1) await form.WaitForAheadAsync();
        else await form.PromptAsync();
        return (form, other);
    }

    /// <summary>Time passes for the page, then for the server, and nobody does anything. What the page asked for before it found itself alone has been answered in between.</summary>
    private async Task PassAsync(LabelForm form, TimeSpan span)
    {
        await form.Page.Clock.FastForwardAsync((long)span.TotalMilliseconds);
        if (span > Lease) await Expect(form.Page.Locator("#lease")).ToBeVisibleAsync();
        await form.Page.WaitForFunctionAsync("() => window.nextCalls.pending === 0");
        time.Advance(span);
    }

    private static Task<IResponse> RenewedAsync(LabelForm form, Func<Task> sign) =>
        form.Page.RunAndWaitForResponseAsync(sign, response => response.Url.EndsWith("/lease", StringComparison.Ordinal));
}
