using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Judging.Llm;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Web;
using Rlhf.Storage;
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
    public async Task Campaign_Guidelines_AreSavedAsTheNextVersion()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var page = await OpenAsync(host, "/campaign?id=support");
        await page.GetByLabel("Guidelines").FillAsync("Be strict.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save as the next version" }).ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("Version 2.");
        var settings = (await host.Get<CampaignStore>().GetAsync(WebHost.Campaign)).Settings;
        Assert.Equal(("Be strict.", 2), (settings.Guidelines, settings.GuidelinesVersion));
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task Campaign_Progress_NamesSimulatedRankingsAsSuch()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 4);
        var person = await host.InviteAsync();
        var simulated = await host.InviteAsync(kind: AnnotatorKind.Simulated);
        await person.RankAsync((await person.NextAsync()).Task!);
        for (var i = 0; i < 2; i++) await simulated.RankAsync((await simulated.NextAsync()).Task!);
        var page = await OpenAsync(host, "/campaign?id=support");
        await Expect(page.Locator("main")).ToContainTextAsync("1 by people, 2 by simulated annotators");
        await Expect(page.Locator("main")).ToContainTextAsync("3 of 4 comparisons done");
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task Campaign_Quality_ShowsFiguresAndAnAnnotatorCanBePausedAndLeftOut()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 40, overlap: 2);
        await SampleRankings.WriteAsync(host, published);
        var page = await OpenAsync(host, "/campaign?id=support");
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
    public async Task Campaign_LanguageModelAsJudge_ShowsHowFarItCanBeTrusted()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 30);
        await host.Get<CampaignStore>().UpdateAsync(WebHost.Campaign, c => c with { Settings = c.Settings with { LlmJudge = new("gpt", GeneratorKind.OpenAI, "test-model", new("http://127.0.0.1:1/v1")) } });
        var ann = await host.InviteAsync();
        for (var i = 0; i < 30; i++) await ann.RankAsync((await ann.NextAsync()).Task!);
        foreach (var (comparison, i) in published.Select((c, i) => (c, i)))
            await host.Get<LlmVotes>().WriteAsync(new(comparison.Id, comparison.Batch, "gpt", [new("a", "b", LlmSide.First), new("b", "a", i % 3 == 0 ? LlmSide.First : LlmSide.Second)], DateTimeOffset.UtcNow));
        var page = await OpenAsync(host, "/campaign?id=support");
        var card = page.Locator("section", new() { Has = page.GetByRole(AriaRole.Heading, new() { Name = "Language model as judge" }) });
        await Expect(card).ToContainTextAsync("Agrees with people");
        await Expect(card).ToContainTextAsync("67%");
        await Expect(card).ToContainTextAsync("not mixed with them");
        await Screenshots.SaveAsync(page, "llm-judge", full: true);
        var started = await page.RunAndWaitForResponseAsync(() => card.GetByRole(AriaRole.Button, new() { Name = "Judge what is new" }).ClickAsync(), r => r.Request.Method == "POST" && r.Url.EndsWith("/llm-judge", StringComparison.Ordinal));
        Assert.Equal(202, started.Status);
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task Campaign_Data_AFileIsCheckedImportedAndDownloadedAgain()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        var page = await OpenAsync(host, "/campaign?id=support");
        var data = page.Locator("section", new() { Has = page.GetByRole(AriaRole.Heading, new() { Name = "Data", Exact = true }) });
        await data.Locator("input[type=file]").SetInputFilesAsync(new FilePayload
        {
            Name = "pairs.jsonl",
            MimeType = "application/jsonl",
            Buffer = """
                {"prompt": "Where is my parcel?", "chosen": "On its way.", "rejected": "No idea.", "score": 3}
                {"prompt": "My invoice is wrong.", "chosen": "Sorry! Which one?", "rejected": "So?"}
                {"prompt": "Broken"}
                """u8.ToArray(),
        });
        await Expect(data).ToContainTextAsync("2 comparisons");
        await Expect(data).ToContainTextAsync("not usable: 1 line");
        await Expect(data.GetByRole(AriaRole.Button, new() { Name = "Import" })).ToBeDisabledAsync();
        await Screenshots.SaveAsync(page, "import-checked", full: true);
        await data.GetByLabel("Who ranked").SelectOptionAsync("person");
        await data.GetByRole(AriaRole.Button, new() { Name = "Import" }).ClickAsync();
        await Expect(data.Locator("table")).ToContainTextAsync("pairs.jsonl");
        await Expect(page.Locator("main")).ToContainTextAsync("2 by people; 2 imported");
        var download = await page.RunAndWaitForDownloadAsync(() => data.GetByRole(AriaRole.Button, new() { Name = "Download data set" }).ClickAsync());
        Assert.Equal("support-trl.zip", download.SuggestedFilename);
        await data.GetByLabel("Format").SelectOptionAsync("openai");
        await Expect(data.GetByRole(AriaRole.Button, new() { Name = "One file" })).ToBeDisabledAsync();
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task Campaign_Gold_IsMadeAndTakenAwayAndAReviewerInvited()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var page = await OpenAsync(host, "/campaign?id=support");
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
        await page.GetByLabel("Annotator's name").FillAsync("Rosa");
        await page.GetByLabel("Reviewer").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create invite link" }).ClickAsync();
        await Expect(page.Locator("tr", new() { HasText = "Rosa" })).ToContainTextAsync("reviewer");
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task Campaign_StorageFailsAndAnEndpointIsAway_SaysBoth()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        host.Get<StorageHealth>().Failed("write rows", StorageErrors.Full("tables.db", new IOException("full")));
        await host.Get<CampaignStore>().UpdateAsync(WebHost.Campaign, c => c with { Trouble = new("endpoint-unreachable", "'endpoint' can't be reached.", "Check the address.", DateTimeOffset.UtcNow) });
        var page = await OpenAsync(host, "/campaign?id=support");
        await Expect(page.Locator("main")).ToContainTextAsync("No space left to write 'tables.db'. Free some disk space");
        await Expect(page.Locator("main")).ToContainTextAsync("'endpoint' can't be reached. Check the address.");
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task Campaign_EverybodyJudgedWhatIsLeft_FewerCanBeAsked()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1, overlap: 2);
        var only = await host.InviteAsync();
        await only.RankAsync((await only.NextAsync()).Task!);
        var page = await OpenAsync(host, "/campaign?id=support");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask 1 annotator a comparison instead of 2" }).ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("1 of 1 comparison done");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Close the labeling" })).ToHaveCountAsync(0);
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task Campaign_ClosedByItsOwner_IsAskedFirst()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1, overlap: 2);
        var only = await host.InviteAsync();
        await only.RankAsync((await only.NextAsync()).Task!);
        var page = await OpenAsync(host, "/campaign?id=support");
        await page.GetByRole(AriaRole.Button, new() { Name = "Close the labeling" }).ClickAsync();
        Assert.Null((await host.Get<CampaignStore>().GetAsync(WebHost.Campaign)).ClosedAt);
        await page.GetByRole(AriaRole.Button, new() { Name = "Close it" }).ClickAsync();
        await Expect(page.Locator("dialog")).ToHaveCountAsync(0);
        await Rlhf.Contracts.Eventually.GetAsync(async () => (await host.Get<CampaignStore>().GetAsync(WebHost.Campaign)).ClosedAt is null ? null : "", "closed");
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task Campaign_EverybodyJudgedWhatIsLeft_SaysWhomItWaitsFor()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1, overlap: 2);
        var only = await host.InviteAsync();
        await only.RankAsync((await only.NextAsync()).Task!);
        var page = await OpenAsync(host, "/campaign?id=support");
        await Expect(page.Locator("main")).ToContainTextAsync("1 comparison waits for somebody new");
        await host.InviteAsync();
        await Expect(page.Locator("main")).Not.ToContainTextAsync("waits for somebody new");
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task Campaign_InviteLink_WorksUntilRevoked()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var page = await OpenAsync(host, "/campaign?id=support");
        await page.GetByLabel("Annotator's name").FillAsync("Mara");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create invite link" }).ClickAsync();
        var link = await page.GetByLabel("Invite link").InputValueAsync();
        var form = await browser.OpenAsync(link);
        await Expect(form.Locator(".answer")).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await Expect(page.Locator("table")).ToContainTextAsync("revoked");
        await form.ReloadAsync();
        await Expect(form.Locator("main")).ToContainTextAsync("revoked");
    }

    [BrowserFact]
    public async Task Campaign_PauseResumeCancel_MoveItsState()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var page = await OpenAsync(host, "/campaign?id=support");
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(page.Locator(".page-head .badge")).ToHaveTextAsync("paused");
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Expect(page.Locator(".page-head .badge")).ToHaveTextAsync("active");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel the campaign" }).ClickAsync();
        await Expect(page.Locator(".page-head .badge")).ToHaveTextAsync("cancelled");
        Assert.Equal(CampaignState.Cancelled, (await host.Get<CampaignStore>().GetAsync(WebHost.Campaign)).State);
    }

    [BrowserFact]
    public async Task Campaign_TrainTooEarly_SaysHowManyPairsAreMissing()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        await host.Get<CampaignStore>().UpdateAsync(WebHost.Campaign, c => c with { Settings = c.Settings with { Policy = "file:models/none" } });
        var page = await OpenAsync(host, "/campaign?id=support");
        await page.GetByRole(AriaRole.Button, new() { Name = "Train now" }).ClickAsync();
        await Expect(page.Locator("#flash")).ToContainTextAsync("20");
    }

    [BrowserFact]
    public async Task Campaign_FinishWithSimulatedAnnotators_AsksFirstThenStartsThem()
    {
        var simulation = new RecordedSimulation();
        await using var host = await WebHost.StartAsync(services => services.AddSingleton<ISimulation>(simulation));
        await host.PublishAsync(count: 2);
        var page = await OpenAsync(host, "/campaign?id=support");
        await page.GetByRole(AriaRole.Button, new() { Name = "Finish with simulated annotators" }).ClickAsync();
        await Expect(page.Locator("dialog[open]")).ToContainTextAsync("marked as simulated");
        Assert.Empty(simulation.Started);
        await page.GetByRole(AriaRole.Button, new() { Name = "Let them finish" }).ClickAsync();
        await Expect(page.Locator("#flash")).ToContainTextAsync("Simulated annotators are ranking");
        Assert.Equal([WebHost.Campaign], simulation.Started);
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

    private sealed class RecordedSimulation : ISimulation
    {
        public List<CampaignId> Started { get; } = [];

        public bool CanStart(CampaignId campaign) => true;

        public Task StartAsync(CampaignId campaign, CancellationToken cancellation = default)
        {
            Started.Add(campaign);
            return Task.CompletedTask;
        }
    }
}
