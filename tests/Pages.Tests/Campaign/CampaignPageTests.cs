using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Labeling.Invites;
using Rlhf.Local.Tests.Web;
using Rlhf.Storage;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

/// <summary>What an owner does on a campaign's page.</summary>
public sealed class CampaignPageTests(Browser browser)
{
    [BrowserFact]
    public async Task Guidelines_AreSavedAsTheNextVersion()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var page = await OpenAsync(host, "people");
        await page.GetByLabel("Guidelines").FillAsync("Be strict.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save as the next version" }).ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("Version 2.");
        var settings = (await host.Get<CampaignStore>().GetAsync(WebHost.Campaign)).Settings;
        Assert.Equal(("Be strict.", 2), (settings.Guidelines, settings.GuidelinesVersion));
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task Progress_NamesSimulatedRankingsAsSuch()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 4);
        var person = await host.InviteAsync();
        var simulated = await host.InviteAsync(kind: AnnotatorKind.Simulated);
        await person.RankAsync((await person.NextAsync()).Task!);
        for (var i = 0; i < 2; i++) await simulated.RankAsync((await simulated.NextAsync()).Task!);
        var page = await OpenAsync(host);
        await Expect(page.Locator("main")).ToContainTextAsync("1 by people, 2 by simulated annotators");
        await Expect(page.Locator("main")).ToContainTextAsync("3 of 4 comparisons done");
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task Data_AFileIsCheckedImportedAndDownloadedAgain()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        var page = await OpenAsync(host, "data");
        var data = page.Locator(".card", new() { Has = page.GetByRole(AriaRole.Heading, new() { Name = "Data", Exact = true }) });
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
        var download = await page.RunAndWaitForDownloadAsync(() => data.GetByRole(AriaRole.Button, new() { Name = "Download data set" }).ClickAsync());
        Assert.Equal("support-trl.zip", download.SuggestedFilename);
        await data.GetByLabel("Format").SelectOptionAsync("openai");
        await Expect(data.GetByRole(AriaRole.Button, new() { Name = "One file" })).ToBeDisabledAsync();
        await CampaignPage.GoToAsync(page, "Progress");
        await Expect(page.Locator("main")).ToContainTextAsync("2 by people; 2 imported");
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task StorageFailsAndAnEndpointIsAway_SaysBoth()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        host.Get<StorageHealth>().Failed("write rows", StorageErrors.Full("tables.db", new IOException("full")));
        await host.Get<CampaignStore>().UpdateAsync(WebHost.Campaign, c => c with { Trouble = new("endpoint-unreachable", "'endpoint' can't be reached.", "Check the address.", DateTimeOffset.UtcNow) });
        var page = await OpenAsync(host);
        await Expect(page.Locator("main")).ToContainTextAsync("No space left to write 'tables.db'. Free some disk space");
        await Expect(page.Locator("main")).ToContainTextAsync("'endpoint' can't be reached. Check the address.");
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task EverybodyJudgedWhatIsLeft_FewerCanBeAsked()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1, overlap: 2);
        var only = await host.InviteAsync();
        await only.RankAsync((await only.NextAsync()).Task!);
        var page = await OpenAsync(host);
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask 1 annotator a comparison instead of 2" }).ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("1 of 1 comparison done");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Close the labeling" })).ToHaveCountAsync(0);
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task ClosedByItsOwner_IsAskedFirst()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1, overlap: 2);
        var only = await host.InviteAsync();
        await only.RankAsync((await only.NextAsync()).Task!);
        var page = await OpenAsync(host);
        await page.GetByRole(AriaRole.Button, new() { Name = "Close the labeling" }).ClickAsync();
        Assert.Null((await host.Get<CampaignStore>().GetAsync(WebHost.Campaign)).ClosedAt);
        await page.GetByRole(AriaRole.Button, new() { Name = "Close it" }).ClickAsync();
        await Expect(page.Locator("dialog")).ToHaveCountAsync(0);
        await Rlhf.Contracts.Eventually.GetAsync(async () => (await host.Get<CampaignStore>().GetAsync(WebHost.Campaign)).ClosedAt is null ? null : "", "closed");
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task EverybodyJudgedWhatIsLeft_SaysWhomItWaitsFor()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1, overlap: 2);
        var only = await host.InviteAsync();
        await only.RankAsync((await only.NextAsync()).Task!);
        var page = await OpenAsync(host);
        await Expect(page.Locator("main")).ToContainTextAsync("1 comparison waits for somebody new");
        await host.InviteAsync();
        await Expect(page.Locator("main")).Not.ToContainTextAsync("waits for somebody new");
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task InviteLink_WorksUntilRevoked()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var page = await OpenAsync(host, "people");
        await page.GetByLabel("Annotator's name").FillAsync("Mara");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create invite link" }).ClickAsync();
        var link = await page.GetByLabel("Invite link").InputValueAsync();
        var form = await browser.OpenAsync(link);
        await Expect(form.Locator(".answer")).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await Expect(page.Locator("table")).ToContainTextAsync("revoked");
        await form.ReloadAsync();
        await Expect(form.Locator("main")).ToContainTextAsync("revoked");

        await page.GetByLabel("Valid for").SelectOptionAsync("a week");
        await page.GetByRole(AriaRole.Button, new() { Name = "New link for Mara" }).ClickAsync();
        await Expect(page.Locator("tr", new() { HasText = "Mara" })).ToContainTextAsync("active");
        var renewed = await page.GetByLabel("Invite link").InputValueAsync();
        var invite = Assert.Single(await host.Get<InviteService>().ListAsync(WebHost.Campaign));
        Assert.InRange(invite.ExpiresAt - DateTimeOffset.UtcNow, TimeSpan.FromDays(6.9), TimeSpan.FromDays(7));
        // What leaked stays refused.
        await form.ReloadAsync();
        await Expect(form.Locator("main")).ToContainTextAsync("revoked");
        await Expect((await browser.OpenAsync(renewed)).Locator(".answer")).ToHaveCountAsync(2);
        foreach (var (width, name) in new[] { (1280, "wide"), (390, "phone") })
        {
            await page.SetViewportSizeAsync(width, 844);
            await Screenshots.SaveAsync(page, $"people-{name}", full: true);
        }
        PageErrors.AssertNone(page);
    }

    [BrowserFact]
    public async Task PauseResumeCancel_MoveItsState()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        var page = await OpenAsync(host);
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
    public async Task TrainTooEarly_SaysHowManyPairsAreMissing()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2);
        await host.Get<CampaignStore>().UpdateAsync(WebHost.Campaign, c => c with { Settings = c.Settings with { Policy = "file:models/none" } });
        var page = await OpenAsync(host, "runs");
        await page.GetByRole(AriaRole.Button, new() { Name = "Train now" }).ClickAsync();
        await Expect(page.Locator("#flash")).ToContainTextAsync("20");
    }

    [BrowserFact]
    public async Task FinishWithSimulatedAnnotators_AsksFirstThenStartsThem()
    {
        var simulation = new RecordedSimulation();
        await using var host = await WebHost.StartAsync(services => services.AddSingleton<ISimulation>(simulation));
        await host.PublishAsync(count: 2);
        var page = await OpenAsync(host);
        await page.GetByRole(AriaRole.Button, new() { Name = "Finish with simulated annotators" }).ClickAsync();
        await Expect(page.Locator("dialog[open]")).ToContainTextAsync("marked as simulated");
        Assert.Empty(simulation.Started);
        await page.GetByRole(AriaRole.Button, new() { Name = "Let them finish" }).ClickAsync();
        await Expect(page.Locator("#flash")).ToContainTextAsync("Simulated annotators are ranking");
        Assert.Equal([WebHost.Campaign], simulation.Started);
    }

    private Task<IPage> OpenAsync(WebHost host, string section = "") => CampaignPage.OpenAsync(browser, host, section);

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
