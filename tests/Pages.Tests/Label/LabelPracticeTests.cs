using Microsoft.Playwright;
using Rlhf.Campaigns;
using Rlhf.Labeling.Checks;
using Rlhf.Local.Tests.Web;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

public sealed class LabelPracticeTests(Browser browser)
{
    [BrowserFact]
    public async Task Practice_BeforeTheFirstTask_SaysWhatWasExpectedAndGoesOn()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 3, checks: CheckSettings.None with { PracticeItems = 1, NeededAccuracy = 0 });
        await host.Get<GoldService>().MakeAsync(WebHost.Campaign, new(["We will replace it.", "Go away."], [[1], [2]], "My kettle broke.", Explanation: "Only the first one helps.", Practice: true));
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        Assert.Equal("My kettle broke.", await form.PromptAsync());
        await Expect(form.Page.Locator("#practice")).ToContainTextAsync("Practice");
        await form.WaitUntilKeysCountAsync();
        await form.Page.Keyboard.PressAsync(await form.AnswerTextAsync(1) == "Go away." ? "1" : "2");

        var dialog = form.Page.Locator("dialog[open]");
        await Expect(dialog).ToContainTextAsync("Not as expected");
        await Expect(dialog).ToContainTextAsync("Only the first one helps.");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(form.Prompt).Not.ToHaveTextAsync("My kettle broke.");
        await Expect(form.Page.Locator("#practice")).ToBeHiddenAsync();
        // What was answered can't be judged again, so undo does not offer it.
        await form.Page.Keyboard.PressAsync("u");
        await Expect(form.Page.Locator("#flash")).ToContainTextAsync("There is nothing to undo yet.");
        await Expect(form.Page.Locator(".amending")).ToHaveCountAsync(0);
        form.AssertNoErrors();
    }
}
