using Microsoft.Playwright;
using Rlhf.Contracts;
using Rlhf.Local.Hosting;
using Rlhf.Storage;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

/// <summary>The pages over the whole local host: its storage, its engine, the shipped model's answers.</summary>
public sealed class LocalHostTests(Browser browser)
{
    private const int Prompts = 6;

    [BrowserFact]
    public async Task DroppedPrompts_BecomeAnswersRankingsAndPairs()
    {
        using var folder = new TemporaryFolder();
        await using var host = await LocalHost.StartAsync(DataFolder.Open(folder.Path), new HostSettings(folder.Path, Port: 0), _ => { }, CancellationToken.None);
        var owner = await browser.OpenAsync(host.OwnerLink);
        await owner.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "messages.txt", MimeType = "text/plain", Buffer = Messages() });
        await owner.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await Expect(owner.Locator("#flash")).ToContainTextAsync($"{Prompts} prompts added");
        await CampaignPage.GoToAsync(owner, "People");
        await owner.GetByRole(AriaRole.Button, new() { Name = "Create invite link" }).ClickAsync();

        var form = new LabelForm(await browser.OpenAsync(await owner.GetByLabel("Invite link").InputValueAsync()));
        await Expect(form.Prompt).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Expect(form.Progress).ToContainTextAsync($"of {Prompts} done");
        for (var i = 0; i < Prompts; i++)
        {
            await form.WaitUntilKeysCountAsync();
            await form.Page.Keyboard.PressAsync(i % 2 == 0 ? "1" : "2");
            await Expect(form.Progress).ToContainTextAsync($"{i + 1} by you");
            if (i < Prompts - 1) await Expect(form.Prompt).ToBeVisibleAsync();
        }
        await Expect(form.Main.GetByRole(AriaRole.Heading, new() { Name = "All done for now" }).Or(form.Main.GetByRole(AriaRole.Heading, new() { Name = "This campaign has ended" }))).ToBeVisibleAsync();
        await CampaignPage.GoToAsync(owner, "Progress");
        await Expect(owner.Locator("main")).ToContainTextAsync($"{Prompts} by people", new() { Timeout = 30_000 });
        Assert.Equal(Prompts, await PairsAsync(host));
        form.AssertNoErrors();
        PageErrors.AssertNone(owner);
    }

    private static byte[] Messages() =>
        System.Text.Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, Prompts).Select(i => $"Hi, my parcel with order {40_000 + i} has not arrived yet. Can you help me?")));

    /// <summary>Pairs in the batch's file once the orchestration has written it.</summary>
    private static async Task<int> PairsAsync(LocalHost host)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var blobs = host.Get<IBlobStore>();
        while (true)
        {
            limit.Token.ThrowIfCancellationRequested();
            if (await blobs.ListAsync("campaigns/messages/pairs/", limit.Token).FirstOrDefaultAsync(limit.Token) is { } file)
                return (await blobs.ReadTextAsync(file.Path, limit.Token))!.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
            await Task.Yield();
        }
    }
}
