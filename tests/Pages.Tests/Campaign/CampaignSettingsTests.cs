using Microsoft.Playwright;
using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Local.Tests.Web;
using Rlhf.Pages.Tests.Studio;
using Rlhf.Preferences;
using Rlhf.Web.Security;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

/// <summary>The rules of labeling, chosen with a new campaign and changed on its page.</summary>
public sealed class CampaignSettingsTests(Browser browser)
{
    [BrowserFact]
    public async Task Settings_Changed_AreTheCampaignsAndTheHistorySaysSo()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var page = await CampaignPage.OpenAsync(browser, host, "settings");
        var save = page.GetByRole(AriaRole.Button, new() { Name = "Save" });
        await Expect(page.GetByLabel("Answers a prompt")).ToBeDisabledAsync();
        await Expect(save).ToBeDisabledAsync();
        await page.GetByLabel("Share asked of more, %").FillAsync("25");
        await page.GetByLabel("Several rankings of one comparison").SelectOptionAsync("allVotes");
        await page.GetByLabel("Language models").CheckAsync();
        await page.GetByLabel("Break after minutes").FillAsync("");
        await page.GetByLabel("A task is kept for minutes").FillAsync("7.5");
        await save.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "Share asked of more 10% 25%" })).ToContainTextAsync("owner");
        await Expect(save).ToBeDisabledAsync();
        var settings = (await host.Get<CampaignStore>().GetAsync(WebHost.Campaign)).Settings;
        Assert.Equal((0.25, PairVoting.AllVotes, 2, TimeSpan.FromSeconds(450)), (settings.Sharing.Share, settings.Voting, settings.TrainOn.Count, settings.Lease));
        Assert.Equal(new LabelFormSettings { BreakAfter = null }, settings.Form);
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task Settings_BudgetAndWhatIsAskedFirst_AreTheCampaignsAndCanBeTakenBack()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var page = await CampaignPage.OpenAsync(browser, host, "settings");
        var save = page.GetByRole(AriaRole.Button, new() { Name = "Save" });
        await page.GetByLabel("Rankings a round, then training").FillAsync("1500");
        await page.GetByLabel("Asked first").SelectOptionAsync("disagreement");
        await save.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "Asked first" })).ToContainTextAsync("owner");
        var settings = (await host.Get<CampaignStore>().GetAsync(WebHost.Campaign)).Settings;
        Assert.Equal((1500, new OrderingSettings()), (settings.RankingBudget, settings.Ordering));
        await page.GetByLabel("Rankings a round, then training").FillAsync("");
        await page.GetByLabel("Asked first").SelectOptionAsync("random");
        await save.ClickAsync();
        await Expect(save).ToBeDisabledAsync();
        settings = (await host.Get<CampaignStore>().GetAsync(WebHost.Campaign)).Settings;
        Assert.Equal((null, OrderingRule.Random), (settings.RankingBudget, settings.Ordering?.By));
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task Settings_WrongValue_SaysSoBesideTheFieldAndKeepsWhatWasTyped()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var page = await CampaignPage.OpenAsync(browser, host, "settings");
        await page.GetByLabel("Title").FillAsync("Better answers");
        var gold = page.GetByLabel("Gold among the tasks, %");
        await gold.FillAsync("80");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.Locator(".field", new() { Has = gold })).ToContainTextAsync("A share of 0.8 (80%) leaves too little work. Choose 0 to 0.5 (50%)");
        await Expect(gold).ToBeFocusedAsync();
        await Expect(gold).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(page.GetByLabel("Title")).ToHaveValueAsync("Better answers");
        await gold.FillAsync("20");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Better answers" })).ToBeVisibleAsync();
        Assert.Equal(0.2, (await host.Get<CampaignStore>().GetAsync(WebHost.Campaign)).Settings.Checks.GoldShare);
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task Settings_ChangedElsewhereMeanwhile_ShowsTheirsAndKeepsOnesOwn()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var page = await CampaignPage.OpenAsync(browser, host, "settings");
        await page.GetByLabel("Title").FillAsync("Mine");
        await host.Get<SettingsService>().ChangeAsync(WebHost.Campaign, new() { ["overlap"] = 2 }, null, "somebody");
        var save = page.GetByRole(AriaRole.Button, new() { Name = "Save" });
        await save.ClickAsync();
        await Expect(page.Locator(".rules")).ToContainTextAsync("changed meanwhile");
        await Expect(page.GetByLabel("Annotators a comparison")).ToHaveValueAsync("2");
        await Expect(page.GetByLabel("Title")).ToHaveValueAsync("Mine");
        await save.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Mine", Exact = true })).ToBeVisibleAsync();
        Assert.Equal(("Mine", 2), ((await host.Get<CampaignStore>().GetAsync(WebHost.Campaign)).Settings.Title, (await host.Get<CampaignStore>().GetAsync(WebHost.Campaign)).Settings.Overlap));
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task NewCampaign_RulesFoldedAway_AreSetAndAWrongOneIsUnfolded()
    {
        await using var host = await WebHost.StartAsync();
        var page = await browser.OpenAsync(OwnerLink.For(host.Address, WebHost.AdminToken));
        var create = page.GetByRole(AriaRole.Button, new() { Name = "Create" });
        await create.ClickAsync();
        await Expect(page.Locator(".field", new() { Has = page.GetByLabel("Title") })).ToContainTextAsync("The campaign has no title.");
        await page.GetByLabel("Title").FillAsync("Careful");
        await page.GetByText("Who else is asked").ClickAsync();
        var share = page.GetByLabel("Share asked of more, %");
        await share.FillAsync("200");
        await page.GetByText("Who else is asked").ClickAsync();
        await create.ClickAsync();
        await Expect(share).ToBeVisibleAsync();
        await Expect(page.Locator(".field", new() { Has = share })).ToContainTextAsync("A share of 2 (200%) can't go to more annotators. Choose");
        await share.FillAsync("50");
        await page.GetByText("What rankings become").ClickAsync();
        await page.GetByLabel("Several rankings of one comparison").SelectOptionAsync("dawidSkene");
        await create.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Careful" })).ToBeVisibleAsync();
        var settings = (await host.Get<CampaignStore>().GetAsync(CampaignId.From("careful"))).Settings;
        Assert.Equal((new SharingSettings(Share: 0.5), PairVoting.DawidSkene), (settings.Sharing, settings.Voting));
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task Settings_JudgeAndTemplate_AreSetChangedAndTakenAway()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var page = await CampaignPage.OpenAsync(browser, host, "settings");
        var save = page.GetByRole(AriaRole.Button, new() { Name = "Save" });
        await page.GetByLabel("Judge beside people").SelectOptionAsync("openAI");
        await save.ClickAsync();
        await Expect(page.Locator(".field", new() { Has = page.GetByLabel("Its model or deployment") })).ToContainTextAsync("names no model");
        await page.GetByLabel("Its model or deployment").FillAsync("gpt-4o");
        await page.GetByLabel("Its address").FillAsync("https://example.org/v1");
        await page.GetByLabel("Template (XML)").FillAsync(StudioForm.Template);
        await save.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "Its model or deployment" })).ToContainTextAsync("gpt-4o");
        var settings = (await host.Get<CampaignStore>().GetAsync(WebHost.Campaign)).Settings;
        Assert.Equal(("gpt-4o", GeneratorKind.OpenAI, "gpt-4o", "https://example.org/v1"), (settings.LlmJudge!.Name, settings.LlmJudge.Kind, settings.LlmJudge.Model, settings.LlmJudge.Endpoint!.ToString()));
        Assert.Equal(StudioForm.Template, settings.LabelTemplate);
        // What was never set is told from the example in its field, and a long text is no JSON.
        foreach (var (setting, from, to) in new[] { ("Language model as judge: Its address", "–", "https://example.org/v1"), ("Label Studio: Template (XML)", "–", "<View> <Style>"), ("Language model as judge: sampling.maximumTokens", "–", "96") })
        {
            var row = page.GetByRole(AriaRole.Row, new() { Name = setting });
            await Expect(row.GetByRole(AriaRole.Cell).Nth(0)).ToHaveTextAsync(from);
            await Expect(row.GetByRole(AriaRole.Cell).Nth(1)).ToContainTextAsync(to);
        }
        await Screenshots.SaveAsync(page, "campaign-settings-judge", full: true);
        await page.SetViewportSizeAsync(390, 844);
        await Screenshots.SaveAsync(page, "campaign-settings-judge-phone", full: true);
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"));
        await page.SetViewportSizeAsync(1280, 800);

        await page.GetByLabel("Template (XML)").FillAsync("");
        await save.ClickAsync();
        await Expect(page.Locator(".field", new() { Has = page.GetByLabel("Template (XML)") })).ToContainTextAsync("not taken away");
        await page.GetByLabel("Template (XML)").FillAsync(StudioForm.Template);
        await page.GetByLabel("Its model or deployment").FillAsync("gpt-5");
        await save.ClickAsync();
        await Expect(save).ToBeDisabledAsync();
        Assert.Equal(("gpt-4o", "gpt-5"), (await host.Get<CampaignStore>().GetAsync(WebHost.Campaign)).Settings.LlmJudge is { } changed ? (changed.Name, changed.Model) : default);
        await page.GetByLabel("Judge beside people").SelectOptionAsync("none");
        await save.ClickAsync();
        await Expect(save).ToBeDisabledAsync();
        Assert.Null((await host.Get<CampaignStore>().GetAsync(WebHost.Campaign)).Settings.LlmJudge);
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task NewCampaign_JudgeAndServer_AreSet()
    {
        await using var host = await WebHost.StartAsync();
        var page = await browser.OpenAsync(OwnerLink.For(host.Address, WebHost.AdminToken));
        await page.GetByLabel("Title").FillAsync("Judged");
        await page.Locator("summary", new() { HasText = "Language model as judge" }).ClickAsync();
        await page.GetByLabel("Judge beside people").SelectOptionAsync("azureOpenAI");
        await page.GetByLabel("Its model or deployment").FillAsync("judge-4o");
        await page.GetByLabel("Its name here").FillAsync("gpt");
        await page.Locator("summary", new() { HasText = "Label Studio" }).ClickAsync();
        await page.GetByLabel("A server to be labeled in too").FillAsync("https://labels.example.org");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await Expect(page.Locator(".field", new() { Has = page.GetByLabel("Its project's number") })).ToContainTextAsync("There is no project 0");
        await page.GetByLabel("Its project's number").FillAsync("7");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Judged" })).ToBeVisibleAsync();
        var settings = (await host.Get<CampaignStore>().GetAsync(CampaignId.From("judged"))).Settings;
        Assert.Equal(("gpt", GeneratorKind.AzureOpenAI, "judge-4o", null), (settings.LlmJudge!.Name, settings.LlmJudge.Kind, settings.LlmJudge.Model, settings.LlmJudge.Endpoint));
        Assert.Equal(7, settings.LabelStudio!.Project);
        PageErrors.AssertNone(page);
    }
}
