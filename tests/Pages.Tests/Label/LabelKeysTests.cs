using Microsoft.Playwright;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Web;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

/// <summary>Keys go where the focus is: what scrolls a region there judges nothing.</summary>
public sealed class LabelKeysTests(Browser browser)
{
    private static readonly string Lines = string.Join("\n", Enumerable.Range(1, 80).Select(i => $"Line {i} of the question."));

    [BrowserFact]
    public async Task ScrollKeys_FocusInThePrompt_ScrollIt()
    {
        await using var host = await WebHost.StartAsync();
        var form = await OpenAsync(host, SampleComparisons.Make(Stored.Batch, 0, Lines, ["Yes.", "No."]));
        await form.Page.Locator(".conversation").FocusAsync();
        await form.KeysAsync("Home");
        await ScrolledAsync(form, ".conversation", "element.scrollTop === 0");
        await form.KeysAsync("ArrowDown");
        await ScrolledAsync(form, ".conversation", "element.scrollTop > 10");
        await form.KeysAsync("PageDown", " ");
        await ScrolledAsync(form, ".conversation", "element.scrollTop > element.clientHeight * 1.5");
        await form.KeysAsync("PageUp", "PageUp", "ArrowUp");
        await ScrolledAsync(form, ".conversation", "element.scrollTop === 0");
    }

    [BrowserTheory]
    [InlineData("pre")]
    [InlineData(".table-scroll")]
    public async Task SideArrows_FocusInAWideBlock_ScrollItAndJudgeNothing(string region)
    {
        await using var host = await WebHost.StartAsync();
        var wide = string.Join("_", Enumerable.Repeat("wide", 100));
        var text = $"```\n{wide}\n```\n\n| {string.Join(" | ", Enumerable.Repeat("`column`", 30))} |\n|{string.Concat(Enumerable.Repeat("---|", 30))}\n";
        var form = await OpenAsync(host, SampleComparisons.Make(Stored.Batch, 0, "Show it.", [text, text + "\nDone."]));
        await form.KeysAsync("m");
        await form.Page.Locator($".answer {region}").First.FocusAsync();
        await form.KeysAsync("ArrowRight");
        await ScrolledAsync(form, region, "element.scrollLeft > 0");
        await form.KeysAsync("ArrowLeft");
        await ScrolledAsync(form, region, "element.scrollLeft === 0");
        await Expect(form.Prompt).ToHaveTextAsync("Show it.");
        Assert.Empty(await host.Get<RankingStore>().ReadBatchAsync(Stored.Batch));
        // What judges by name does so from there too.
        await form.KeysAsync("1");
        Assert.Single(await Stored.RankingsAsync(host, 1));
    }

    [BrowserFact]
    public async Task SingleKeys_SwitchedOff_MeanNothingInThisBrowserUntilSwitchedOn()
    {
        await using var host = await WebHost.StartAsync();
        var form = await OpenAsync(host, SampleComparisons.Make(Stored.Batch, 0));
        var shown = await form.PromptAsync();
        await form.KeysAsync("?");
        await form.Page.GetByLabel("Keys of one letter, digit or sign").UncheckAsync();
        await form.KeysAsync("Escape");
        await form.Page.ReloadAsync();
        await form.PromptAsync();
        await form.WaitUntilKeysCountAsync();
        await form.KeysAsync("1", "b", "s", "=", "?", "g", "m");
        await Expect(form.Page.Locator("dialog[open], .formatted")).ToHaveCountAsync(0);
        await Expect(form.Page.Locator(".common kbd").First).ToBeHiddenAsync();
        Assert.Equal(shown, await form.PromptAsync());
        await form.Page.GetByRole(AriaRole.Button, new() { Name = "Keys" }).ClickAsync();
        await form.Page.GetByLabel("Keys of one letter, digit or sign").CheckAsync();
        await form.KeysAsync("Escape");
        await form.KeysAsync("s");
        Assert.Equal(RankingOutcome.Skip, Assert.Single(await Stored.RankingsAsync(host, 1)).Outcome);
        form.AssertNoErrors();
    }

    private static Task<IJSHandle> ScrolledAsync(LabelForm form, string region, string how) =>
        form.Page.WaitForFunctionAsync($"() => {{ const element = document.querySelector('{region}'); return {how}; }}");

    private async Task<LabelForm> OpenAsync(WebHost host, Comparison comparison)
    {
        await Stored.PublishAsync(host, new(), comparison);
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        await form.PromptAsync();
        await form.WaitUntilKeysCountAsync();
        return form;
    }
}
