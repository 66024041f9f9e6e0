using Microsoft.Playwright;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Web;
using Rlhf.Web.Security;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

/// <summary>The sections of the campaign's page: links, the address, keyboard and screen reader.</summary>
public sealed class CampaignSectionsTests(Browser browser)
{
    [BrowserFact]
    public async Task OwnersLinkToASection_TakesTheTokenAndOpensIt()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var page = await CampaignPage.OpenAsync(browser, host, "people");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Annotators" })).ToBeVisibleAsync();
        Assert.EndsWith("/campaign?id=support#people", page.Url);
        await Expect(CampaignPage.Sections(page).Locator("[aria-current=page]")).ToHaveTextAsync("People (needs attention)");
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Annotators" })).ToBeVisibleAsync();
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task OwnersLink_OpenedInATabThatIsThereAlready_IsTaken()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var page = await browser.OpenAsync($"{host.Address}campaign?id=support");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Owner's token" })).ToBeVisibleAsync();
        await page.GotoAsync(OwnerLink.For(host.Address, WebHost.AdminToken, "/campaign?id=support#data"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Data", Exact = true })).ToBeVisibleAsync();
        Assert.DoesNotContain(WebHost.AdminToken, page.Url);
    }

    [BrowserFact]
    public async Task Links_BackAndKeyboard_ShowOneSectionAndPutTheFocusAtItsStart()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var page = await CampaignPage.OpenAsync(browser, host);
        await Expect(page).ToHaveTitleAsync("Progress – Support answers – Serverless RLHF");
        await CampaignPage.Sections(page).GetByRole(AriaRole.Link, new() { Name = "Prompts" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var prompts = page.GetByRole(AriaRole.Region, new() { Name = "Prompts", Exact = true });
        await Expect(prompts).ToBeFocusedAsync();
        await Expect(page).ToHaveTitleAsync("Prompts – Support answers – Serverless RLHF");
        await Expect(page.Locator(".panel:visible")).ToHaveCountAsync(1);
        await CampaignPage.GoToAsync(page, "Runs");
        await Expect(prompts).ToBeHiddenAsync();
        await page.GoBackAsync();
        await Expect(prompts).ToBeVisibleAsync();
        await page.GoBackAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Labeling, round 1" })).ToBeVisibleAsync();
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task UnknownSection_ShowsProgress()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var page = await CampaignPage.OpenAsync(browser, host, "nothing");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Labeling, round 1" })).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task WhatNeedsAttention_StandsFirstAndLeadsThere()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 3);
        var page = await CampaignPage.OpenAsync(browser, host);
        var attention = page.Locator(".card", new() { Has = page.GetByRole(AriaRole.Heading, new() { Name = "Needs attention" }) });
        await Expect(attention).ToContainTextAsync("Nobody is invited, and 3 comparisons wait to be ranked.");
        await Expect(CampaignPage.Sections(page).GetByRole(AriaRole.Link, new() { Name = "People (needs attention)" })).ToBeVisibleAsync();
        await attention.GetByRole(AriaRole.Link, new() { Name = "People" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create invite link" }).ClickAsync();
        await CampaignPage.GoToAsync(page, "Progress");
        await Expect(attention).ToBeHiddenAsync();
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task EverythingRanked_AsAfterAnImport_SaysThatTrainingIsNext()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 0);
        await host.Get<CampaignStore>().UpdateAsync(WebHost.Campaign, c => c with { Settings = c.Settings with { Policy = "file:models/none" } });
        using var file = new MemoryStream("""{"prompt": "Where is my parcel?", "chosen": "On its way.", "rejected": "No idea.", "split": "train"}"""u8.ToArray());
        await host.Get<CampaignService>().ImportAsync(WebHost.Campaign, file, new("pairs.jsonl", Kind: AnnotatorKind.Person));
        var page = await CampaignPage.OpenAsync(browser, host);
        var attention = page.Locator(".card", new() { Has = page.GetByRole(AriaRole.Heading, new() { Name = "Needs attention" }) });
        await Expect(attention).ToContainTextAsync("Everything is ranked. 1 train pair can be trained on.");
        await attention.GetByRole(AriaRole.Link, new() { Name = "Runs" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Train now" })).ToBeEnabledAsync();
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task Refresh_WhileAButtonHasTheFocus_LeavesItThere()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1, overlap: 2);
        var only = await host.InviteAsync();
        var task = (await only.NextAsync()).Task!;
        await only.RankAsync(task);
        var page = await CampaignPage.OpenAsync(browser, host);
        var close = page.GetByRole(AriaRole.Button, new() { Name = "Close the labeling" });
        await close.FocusAsync();
        await only.RankAsync(task.Comparison, new(RankingOutcome.BothBad, Amends: 1));
        await Expect(page.Locator(".figures div", new() { HasText = "Both bad" }).Locator("dd")).ToHaveTextAsync("1");
        await Expect(close).ToBeFocusedAsync();
    }
}
