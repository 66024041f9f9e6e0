using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Rlhf.Contracts;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Web;
using Rlhf.Web.Security;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests.Studio;

/// <summary>A campaign with a label template, in Label Studio's real editor.</summary>
public sealed class StudioTests(Browser browser)
{
    private static readonly BatchId Batch = BatchId.For(WebHost.Campaign, 1, 1);

    [EditorFact]
    public async Task Template_SideChosenAndExtrasFilled_IsARankingWithItsFields()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2, template: StudioForm.Template);
        var form = await StudioForm.OpenAsync(browser, await host.InviteAsync());
        var left = await form.SideText("left").InnerTextAsync();
        await form.ChooseAsync("left");
        await Expect(form.Side("left")).ToHaveAttributeAsync("style", new Regex("rgb\\(219, 234, 254\\)"));
        await form.Frame.GetByText("Friendly").ClickAsync();
        await form.Frame.Locator(".ant-rate-star").Nth(3).ClickAsync();
        await form.Frame.GetByPlaceholder("Anything to add?").FillAsync("Says what happens next.");
        await form.SubmitAsync();
        await Expect(form.Progress).ToContainTextAsync("1 by you");
        await Expect(form.SideText("left")).Not.ToHaveTextAsync(left);

        var ranking = Assert.Single(await RankingsAsync(host, 1));
        Assert.Equal(RankingOutcome.Ranked, ranking.Outcome);
        Assert.Equal(left, await TextOfAsync(host, ranking, ranking.Tiers[0][0]));
        Assert.Equal(ranking.Tiers[0][0], ranking.ShownOrder[0]);
        Assert.True(ranking.ActiveTime > TimeSpan.Zero);
        var fields = ranking.Fields!.ToDictionary(f => f.Name);
        Assert.Equal("Friendly", fields["why"].Value["choices"]![0]!.GetValue<string>());
        Assert.Equal(4, fields["sure"].Value["rating"]!.GetValue<int>());
        Assert.Equal("Says what happens next.", fields["note"].Value["text"]![0]!.GetValue<string>());
        PageErrors.AssertNone(form.Page);
    }

    [EditorFact]
    public async Task Side_ClickedAgain_IsNoPreferenceAndUndoBringsTheTaskBack()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2, template: StudioForm.Template);
        var form = await StudioForm.OpenAsync(browser, await host.InviteAsync());
        var first = await form.SideText("left").InnerTextAsync();
        await form.ChooseAsync("right");
        await form.ChooseAsync("right");
        await Expect(form.Side("right")).Not.ToHaveAttributeAsync("style", new Regex("rgb\\(219, 234, 254\\)"));
        await form.SubmitAsync();
        await Expect(form.Flash).ToContainTextAsync("counts as no preference");
        var tie = Assert.Single(await RankingsAsync(host, 1));
        Assert.Equal((RankingOutcome.Ranked, 2), (tie.Outcome, Assert.Single(tie.Tiers).Count));

        await form.Page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(form.SideText("left")).ToHaveTextAsync(first);
        await form.ChooseAsync("right");
        await form.SubmitAsync("Update");
        var amended = await Eventually.GetAsync(async () => (await RankingsAsync(host, 1)).FirstOrDefault(r => r.Revision == 2));
        Assert.Equal([[amended.ShownOrder[1]], [amended.ShownOrder[0]]], amended.Tiers);
        PageErrors.AssertNone(form.Page);
    }

    [EditorFact]
    public async Task Undo_OfARanking_ShowsItsSideAndFieldsChosen()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2, template: StudioForm.Template);
        var form = await StudioForm.OpenAsync(browser, await host.InviteAsync());
        var first = await form.SideText("left").InnerTextAsync();
        await form.ChooseAsync("right");
        await form.Frame.GetByText("Short").ClickAsync();
        await form.SubmitAsync();
        await Expect(form.SideText("left")).Not.ToHaveTextAsync(first);
        await form.Page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(form.SideText("left")).ToHaveTextAsync(first);
        await Expect(form.Side("right")).ToHaveAttributeAsync("style", new Regex("rgb\\(219, 234, 254\\)"));
        await Expect(form.Frame.Locator("label", new() { HasText = "Short" }).Locator("input")).ToBeCheckedAsync();
        PageErrors.AssertNone(form.Page);
    }

    [EditorFact]
    public async Task Skip_InTheEditor_IsASkip()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1, template: StudioForm.Template);
        var form = await StudioForm.OpenAsync(browser, await host.InviteAsync());
        await form.SubmitAsync("Skip");
        await Expect(form.Main).ToContainTextAsync("Nothing left for you");
        Assert.Equal(RankingOutcome.Skip, Assert.Single(await RankingsAsync(host, 1)).Outcome);
        PageErrors.AssertNone(form.Page);
    }

    [EditorFact]
    public async Task Frame_OfTheEditor_ReachesNeitherThePageNorItsTokenNorTheServer()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1, template: StudioForm.Template);
        var form = await StudioForm.OpenAsync(browser, await host.InviteAsync());
        var frame = FrameOf(form);
        Assert.Equal("null", await frame.EvaluateAsync<string>("() => self.origin"));
        Assert.Equal("refused", await frame.EvaluateAsync<string>("() => { try { return parent.location.hash; } catch { return 'refused'; } }"));
        Assert.Equal("refused", await frame.EvaluateAsync<string>("() => fetch('/api/health').then(r => r.text(), () => 'refused')"));
        // A message from elsewhere, or of another kind, does nothing.
        await form.Page.EvaluateAsync("() => postMessage({ type: 'skipped' }, '*')");
        await frame.EvaluateAsync("() => parent.postMessage({ type: 'submitted', result: 'all of it' }, '*')");
        await Expect(form.SideText("left")).ToBeVisibleAsync();
        Assert.Empty(await host.Get<RankingStore>().ReadBatchAsync(Batch));
    }

    [BrowserFact]
    public async Task NewCampaign_WithABrokenTemplate_IsRefusedWithTheLineAndMadeWithAGoodOne()
    {
        await using var host = await WebHost.StartAsync();
        var page = await browser.OpenAsync(OwnerLink.For(host.Address, WebHost.AdminToken));
        await page.GetByPlaceholder("Support answers").FillAsync("Templates");
        await page.Locator("summary", new() { HasText = "Label Studio" }).ClickAsync();
        var template = page.GetByLabel("Template (XML)");
        await template.FillAsync("<View>\n  <Text name=\"prompt\" value=\"$prompt\"/>\n  <Pairwise name=\"pw\" toName=\"left,right\">\n</View>");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await Expect(page.Locator(".field", new() { Has = template })).ToContainTextAsync("broken in line 4: The 'Pairwise' start tag on line 3");
        await template.FillAsync("<View>\n  <HyperText name=\"left\" value=\"$text1\"/>\n</View>");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await Expect(page.Locator(".field", new() { Has = template })).ToContainTextAsync("broken in line 2: <HyperText> shows HTML");
        await template.FillAsync(StudioForm.Template);
        await page.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Templates" })).ToBeVisibleAsync();
        PageErrors.AssertNone(page);
    }

    [EditorFact]
    public async Task Page_PhoneSized_DoesNotScrollSideways()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1, template: StudioForm.Template);
        var form = await StudioForm.OpenAsync(browser, await host.InviteAsync(), width: 390, height: 844);
        await Screenshots.SaveAsync(form.Page, "label-studio-phone", full: true);
        Assert.True(await form.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"));
        var frame = FrameOf(form);
        Assert.True(await frame.EvaluateAsync<bool>("() => document.body.scrollWidth <= innerWidth"));
        await Expect(form.Frame.GetByText("Submit", new() { Exact = true })).ToBeVisibleAsync();
    }

    [EditorFact]
    public async Task Page_Wide_ShowsTemplateAndControls()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 12, template: StudioForm.Template);
        var form = await StudioForm.OpenAsync(browser, await host.InviteAsync(), height: 820);
        // The longer answer is the one that helps.
        var side = (await form.SideText("left").InnerTextAsync()).Length > (await form.SideText("right").InnerTextAsync()).Length ? "left" : "right";
        await form.ChooseAsync(side);
        await form.Frame.GetByText("Friendly").ClickAsync();
        await Expect(form.Side(side)).ToHaveAttributeAsync("style", new Regex("rgb\\(219, 234, 254\\)"));
        await Expect(form.Frame.Locator("label", new() { HasText = "Friendly" }).Locator("input")).ToBeCheckedAsync();
        await form.Frame.Locator(".ant-rate-star").Nth(3).ClickAsync();
        await Expect(form.Frame.Locator(".ant-rate-star-full")).ToHaveCountAsync(4);
        await form.Page.Mouse.MoveAsync(5, 5);
        await FrameOf(form).EvaluateAsync("() => Promise.all(document.getAnimations().map(a => a.finished))");
        await Screenshots.SaveAsync(form.Page, "label-studio");
        PageErrors.AssertNone(form.Page);
    }

    private static IFrame FrameOf(StudioForm form) => form.Page.Frames.Single(f => f.Url.EndsWith("/label-studio/frame", StringComparison.Ordinal));

    private static Task<IReadOnlyList<Ranking>> RankingsAsync(WebHost host, int count) =>
        Eventually.GetAsync(async () => await host.Get<RankingStore>().ReadBatchAsync(Batch) is var rankings && rankings.Count >= count ? rankings : null);

    private static async Task<string> TextOfAsync(WebHost host, Ranking ranking, string answer) =>
        (await host.Get<ComparisonStore>().GetAsync(WebHost.Campaign, Batch, ranking.Comparison)).Answers.Single(a => a.Id == answer).Text;
}
