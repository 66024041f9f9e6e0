using Microsoft.Playwright;
using Rlhf.Local.Tests.Web;
using Rlhf.Training;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

/// <summary>Every section of the campaign's page, wide and on a phone, light and dark. With <c>RLHF_SCREENSHOTS=folder</c> a picture of each is kept.</summary>
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
        await SampleRankings.WriteAsync(host, await host.PublishAsync(count: 24, overlap: 2));
        await SampleRun.WriteAsync(host, RunState.Succeeded);
        var page = await CampaignPage.OpenAsync(browser, host, section);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = heading, Exact = true })).ToBeVisibleAsync();
        foreach (var (width, height) in new[] { (1280, 800), (390, 844) })
        {
            await page.SetViewportSizeAsync(width, height);
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                var view = $"campaign-{section}-{(width > 400 ? "wide" : "phone")}-{scheme.ToString().ToLowerInvariant()}";
                await Screenshots.SaveAsync(page, view, full: true);
                Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), $"{view} scrolls sideways");
                await Axe.AssertNothingSeriousAsync(page, view);
            }
        }
        PageErrors.AssertNone(page);
    }
}
