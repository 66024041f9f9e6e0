using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Local.Tests.Web;
using Rlhf.Training;
using Rlhf.Web.Security;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

public sealed class OwnerPagesTests(Browser browser)
{
    [BrowserFact]
    public async Task Dashboard_WithoutToken_AsksForItAndShowsNothing()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var page = await browser.OpenAsync(host.Address.ToString());
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Owner's token" })).ToBeVisibleAsync();
        await Expect(page.Locator("body")).Not.ToContainTextAsync("Support answers");
        await page.GetByLabel("Token").FillAsync(WebHost.AdminToken);
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("Support answers");
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task Dashboard_OwnersLink_TakesTheTokenOutOfTheAddress()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var page = await OpenAsync(host, "/");
        await Expect(page.Locator("main")).ToContainTextAsync("0 of 2 comparisons done");
        Assert.DoesNotContain(WebHost.AdminToken, page.Url);
    }

    [BrowserFact]
    public async Task Dashboard_DroppedFile_MakesACampaignWithItsPrompts()
    {
        await using var host = await WebHost.StartAsync();
        var page = await OpenAsync(host, "/");
        await page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload
        {
            Name = "support-messages.txt",
            MimeType = "text/plain",
            Buffer = "Where is my parcel?\nMy invoice is wrong.\n"u8.ToArray(),
        });
        await page.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "support messages" })).ToBeVisibleAsync();
        await Expect(page.Locator("#flash")).ToContainTextAsync("2 prompts added");
        var campaign = await host.Get<CampaignStore>().GetAsync(CampaignId.From("support-messages"));
        Assert.Equal("support messages", campaign.Settings.Title);
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task Dashboard_HowAnswersAreJudged_IsTheCampaigns()
    {
        await using var host = await WebHost.StartAsync();
        var page = await OpenAsync(host, "/");
        await page.GetByLabel("Title").FillAsync("Strict");
        await page.GetByText("How answers are judged").ClickAsync();
        await page.GetByLabel("Two answers").SelectOptionAsync("7");
        await page.GetByLabel("Three and more").SelectOptionAsync("bestAndWorst");
        await page.GetByLabel("Break after minutes").FillAsync("90");
        await page.GetByLabel("At most a day, per person").FillAsync("120");
        await page.GetByLabel("Comments").UncheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Strict" })).ToBeVisibleAsync();
        var form = (await host.Get<CampaignStore>().GetAsync(CampaignId.From("strict"))).Settings.Form;
        Assert.Equal(new LabelFormSettings { Scale = 7, ManyAnswers = ManyAnswersMode.BestAndWorst, Comments = false, BreakAfter = TimeSpan.FromMinutes(90), DailyCap = 120 }, form);
    }

    [BrowserFact]
    public async Task Run_Succeeded_ShowsVerdictWithJudgeNumbersIntervalCurvesAndExamples()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        await SampleRun.WriteAsync(host, RunState.Succeeded);
        var page = await OpenAsync(host, "/run?id=support-run1");
        var main = page.Locator("main");
        foreach (var text in new[] { "85%", "81% to 90%", "256 prompts: 214 won, 9 tied, 33 lost", "the noise-free rule (simulation only)", "7.4 nats", "Hold the Bluetooth button" })
            await Expect(main).ToContainTextAsync(text);
        await Expect(page.Locator("svg.chart polyline")).ToHaveCountAsync(8);
        var report = await page.RunAndWaitForPopupAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Open report" }).ClickAsync());
        await Expect(report.GetByRole(AriaRole.Heading, new() { Name = "Report of support-run1" })).ToBeVisibleAsync();
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task Run_Going_ShowsStageAndCanBeCancelled()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        await SampleRun.WriteAsync(host, RunState.Running);
        var page = await OpenAsync(host, "/run?id=support-run1");
        await Expect(page.Locator("main")).ToContainTextAsync("reward +1.31, KL 5.2 nats");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel run" }).ClickAsync();
        await Expect(page.Locator(".page-head .badge")).ToHaveTextAsync("cancelled");
    }

    [BrowserFact]
    public Task Arena_Message_ShowsBothAnswersSideBySide() => AssertMessageBoxAsync("/arena?run=support-run1");

    [BrowserFact]
    public Task Run_Message_ShowsBothAnswersSideBySide() => AssertMessageBoxAsync("/run?id=support-run1");

    private async Task AssertMessageBoxAsync(string address)
    {
        await using var host = await WebHost.StartAsync(services => services.AddSingleton<IGeneratorFactory, EchoGenerators>());
        await host.PublishAsync(count: 2);
        await host.Get<CampaignStore>().UpdateAsync(WebHost.Campaign, c => c with { Settings = c.Settings with { Policy = "file:models/none" } });
        await SampleRun.WriteAsync(host, RunState.Succeeded);
        var page = await OpenAsync(host, address);
        await page.GetByLabel("Message").First.FillAsync("<b>Where</b> is my parcel?");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".exchange .sides section").First).ToContainTextAsync("base heard: <b>Where</b> is my parcel?");
        await Expect(page.Locator(".exchange .sides section").Last).ToContainTextAsync("tuned heard: <b>Where</b> is my parcel?");
        PageErrors.AssertNone(page);
    }

    private Task<IPage> OpenAsync(WebHost host, string path) => browser.OpenAsync(OwnerLink.For(host.Address, WebHost.AdminToken, path));
}
