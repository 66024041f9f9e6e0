using Microsoft.Playwright;
using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Judging.Llm;
using Rlhf.Labeling;
using Rlhf.Labeling.Checks;
using Rlhf.Local.Tests.Web;
using Rlhf.Web.Contracts;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

/// <summary>What an owner sees of annotators and generators, and does about it.</summary>
public sealed class CampaignQualityTests(Browser browser)
{
    [BrowserFact]
    public async Task Quality_ShowsFiguresAndAnAnnotatorCanBePausedAndLeftOut()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 40, overlap: 2);
        await SampleRankings.WriteAsync(host, published);
        var page = await OpenAsync(host, "quality");
        var main = page.Locator("main");
        await Expect(main).ToContainTextAsync("Krippendorff's alpha");
        await Expect(main).ToContainTextAsync("secret-generator-one");
        var row = page.Locator(".annotators tbody tr", new() { HasText = "Ben" });
        await Expect(row).ToContainTextAsync("prefers a side");
        await row.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(row).ToContainTextAsync("paused");
        await row.GetByRole(AriaRole.Button, new() { Name = "Leave out" }).ClickAsync();
        await Expect(row).ToContainTextAsync("left out");
        Assert.Equal(["ben"], (await host.Get<CampaignStore>().GetAsync(WebHost.Campaign)).ExcludedAnnotators.Select(a => a.Value));
        await row.GetByRole(AriaRole.Button, new() { Name = "Take in" }).ClickAsync();
        await Expect(row).Not.ToContainTextAsync("left out");
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task LanguageModelAsJudge_ShowsHowFarItCanBeTrusted()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 30);
        await host.Get<CampaignStore>().UpdateAsync(WebHost.Campaign, c => c with { Settings = c.Settings with { LlmJudge = new("gpt", GeneratorKind.OpenAI, "test-model", new("http://127.0.0.1:1/v1")) } });
        var ann = await host.InviteAsync();
        for (var i = 0; i < 30; i++) await ann.RankAsync((await ann.NextAsync()).Task!);
        foreach (var (comparison, i) in published.Select((c, i) => (c, i)))
            await host.Get<LlmVotes>().WriteAsync(new(comparison.Id, comparison.Batch, "gpt", [new("a", "b", LlmSide.First), new("b", "a", i % 3 == 0 ? LlmSide.First : LlmSide.Second)], DateTimeOffset.UtcNow));
        var page = await OpenAsync(host, "quality");
        var card = page.Locator(".card", new() { Has = page.GetByRole(AriaRole.Heading, new() { Name = "Language model as judge" }) });
        await Expect(card).ToContainTextAsync("Agrees with people");
        await Expect(card).ToContainTextAsync("67%");
        await Expect(card).ToContainTextAsync("not mixed with them");
        await Screenshots.SaveAsync(page, "llm-judge", full: true);
        var started = await page.RunAndWaitForResponseAsync(() => card.GetByRole(AriaRole.Button, new() { Name = "Judge what is new" }).ClickAsync(), r => r.Request.Method == "POST" && r.Url.EndsWith("/llm-judge", StringComparison.Ordinal));
        Assert.Equal(202, started.Status);
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task Gold_IsMadeAndTakenAwayAndAReviewerInvited()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var page = await OpenAsync(host, "quality");
        await page.GetByText("Add one").ClickAsync();
        await page.GetByLabel("Prompt", new() { Exact = true }).FillAsync("My kettle broke.");
        await page.GetByLabel("Better answer").FillAsync("We will replace it.");
        await page.GetByLabel("Worse answer").FillAsync("Go away.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        var row = page.Locator("tr", new() { HasText = "My kettle broke." });
        await Expect(row).ToContainTextAsync("We will replace it.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Promote consensus" }).ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("nothing that three annotators judged alike");
        await row.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(row).ToHaveCountAsync(0);
        await CampaignPage.GoToAsync(page, "People");
        await page.GetByLabel("Annotator's name").FillAsync("Rosa");
        await page.GetByLabel("Reviewer").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create invite link" }).ClickAsync();
        await Expect(page.Locator("tr", new() { HasText = "Rosa" })).ToContainTextAsync("reviewer");
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task Gold_OfSeveralAnswersOrNoneGood_IsMadeOnThePage()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2, answers: 3);
        var page = await OpenAsync(host, "quality");
        await page.GetByText("Add one").ClickAsync();
        await page.GetByLabel("Prompt", new() { Exact = true }).FillAsync("My kettle broke.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add an answer" }).ClickAsync();
        foreach (var (label, text) in new[] { ("Best answer", "We will replace it."), ("Answer 2", "You get a new one."), ("Answer 3", "Go away.") })
            await page.GetByLabel(label).FillAsync(text);
        await page.GetByLabel("As good as the one before").Nth(1).CheckAsync();
        await Screenshots.SaveAsync(page, "gold-form-wide", full: true);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Expect(page.Locator("tr", new() { HasText = "My kettle broke." })).ToContainTextAsync("We will replace it. / You get a new one.");

        await page.GetByLabel("Prompt", new() { Exact = true }).FillAsync("Where is my parcel?");
        await page.GetByLabel("None of them is good").CheckAsync();
        await page.GetByLabel("Answer 1").FillAsync("No idea.");
        await page.GetByLabel("Answer 2").FillAsync("Ask somebody else.");
        await page.SetViewportSizeAsync(390, 844);
        await Screenshots.SaveAsync(page, "gold-form-phone", full: true);
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "the form scrolls sideways on a phone");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Expect(page.Locator("tr", new() { HasText = "Where is my parcel?" })).ToContainTextAsync("none is good");

        var gold = (await host.Get<GoldService>().ListAsync(WebHost.Campaign)).Gold;
        Assert.Equal([[1, 2], [3]], gold[0].Tiers);
        Assert.Equal((RankingOutcome.BothBad, 2), (gold[1].Outcome, gold[1].Answers.Count));
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task FailedPractice_IsSaidAndTheOwnerLetsThePersonPass()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2, checks: CheckSettings.None with { PracticeItems = 1 });
        await host.Get<GoldService>().MakeAsync(WebHost.Campaign, new(["We will replace it.", "Go away."], [[1], [2]], "My kettle broke.", Practice: true));
        var ada = await host.InviteAsync("ada");
        var task = (await ada.NextAsync()).Task!;
        var worst = task.Answers.Single(a => a.Text == "Go away.").Id;
        await ada.RankAsync(task.Comparison, new(RankingOutcome.Ranked, [[worst], [worst == "1" ? "2" : "1"]]));
        Assert.Equal(NextStatus.Paused, (await ada.NextAsync()).Status);

        var page = await OpenAsync(host, "quality");
        var row = page.Locator(".annotators tbody tr", new() { HasText = "ada" });
        await Expect(row).ToContainTextAsync("failed practice, 0 of 1 right");
        foreach (var (width, name) in new[] { (1280, "wide"), (390, "phone") })
        {
            await page.SetViewportSizeAsync(width, 844);
            await Screenshots.SaveAsync(page, $"failed-practice-{name}", full: true);
        }
        await row.GetByRole(AriaRole.Button, new() { Name = "Let pass" }).ClickAsync();
        await Expect(row).Not.ToContainTextAsync("failed practice");
        Assert.Equal(NextStatus.Task, (await ada.NextAsync()).Status);
        PageErrors.AssertNone(page);
    }

    private Task<IPage> OpenAsync(WebHost host, string section = "") => CampaignPage.OpenAsync(browser, host, section);
}
