using Microsoft.Playwright;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Web;
using Rlhf.Training;
using Rlhf.Web.Security;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

/// <summary>Every section of the campaign's page, and the form for a new campaign, wide and on a phone, light and dark. With <c>RLHF_SCREENSHOTS=folder</c> a picture of each is kept.</summary>
public sealed class CampaignStatesTests(Browser browser)
{
    [BrowserTheory]
    [InlineData("progress", "Labeling, round 1")]
    [InlineData("prompts", "Add prompts")]
    [InlineData("people", "Guidelines")]
    [InlineData("quality", "Generators")]
    [InlineData("data", "Import")]
    [InlineData("runs", "Training")]
    [InlineData("settings", "Changes")]
    public async Task Section_WideAndNarrowLightAndDark_HasNothingSeriousForAxeAndFits(string section, string heading)
    {
        await using var host = await WebHost.StartAsync();
        await SampleRankings.WriteAsync(host, await host.PublishAsync(count: 24, overlap: 2, change: NameGenerators));
        await SampleRun.WriteAsync(host, RunState.Succeeded);
        var page = await CampaignPage.OpenAsync(browser, host, section);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = heading, Exact = true })).ToBeVisibleAsync();
        await Axe.AssertInAllViewsAsync(page, $"campaign-{section}", full: true);
        PageErrors.AssertNone(page);
    }

    [BrowserTheory]
    [InlineData("campaign-settings-refused")]
    public async Task Settings_RefusedAndUnsaved_HaveNothingSeriousForAxeAndFit(string state)
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        await host.Get<SettingsService>().ChangeAsync(WebHost.Campaign, new() { ["overlap"] = 2, ["title"] = "Answers of the support team" }, null, "owner");
        var page = await CampaignPage.OpenAsync(browser, host, "settings");
        await page.GetByLabel("Gold among the tasks, %").FillAsync("80");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.Locator(".field-error").Filter(new() { HasText = "Choose" })).ToBeVisibleAsync();
        await Axe.AssertInAllViewsAsync(page, state, full: true);
    }

    [BrowserTheory]
    [InlineData("dashboard-unfolded")]
    public async Task Dashboard_AllUnfolded_HasNothingSeriousForAxeAndFits(string state)
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var page = await browser.OpenAsync(OwnerLink.For(host.Address, WebHost.AdminToken));
        await page.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await Expect(page.Locator(".field-error").First).ToContainTextAsync("no title");
        await page.EvaluateAsync("() => document.querySelectorAll('details').forEach(details => { details.open = true; })");
        await Axe.AssertInAllViewsAsync(page, state, full: true);
    }

    /// <summary>Those of a second round.</summary>
    private static Comparison NameGenerators(Comparison comparison) =>
        comparison with { Answers = [comparison.Answers[0] with { Generator = "tuned" }, comparison.Answers[1] with { Generator = "base" }] };
}
