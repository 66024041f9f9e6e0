using Rlhf.Contracts;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Web;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests.Studio;

/// <summary>The editor's page without a connection and with others at work, and what axe says of all of it that is ours.</summary>
public sealed class StudioConnectionTests(Browser browser)
{
    private static readonly BatchId Batch = BatchId.For(WebHost.Campaign, 1, 1);

    [EditorFact]
    public async Task Connection_LostWhileLabeling_KeepsTheAnnotationSaysSoAndSendsItLater()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 3, template: StudioForm.Template);
        var form = await StudioForm.OpenAsync(browser, await host.InviteAsync());
        var prompt = await form.Prompt.InnerTextAsync();
        await form.Page.Context.SetOfflineAsync(true);
        await form.ChooseAsync("right");
        await form.SubmitAsync();
        await Expect(form.Outbox).ToContainTextAsync("1 task is not sent yet");
        Assert.Empty(await host.Get<RankingStore>().ReadBatchAsync(Batch));
        // What was submitted is off the screen: a change to it would go nowhere.
        await Expect(form.Main).ToContainTextAsync("No connection");
        await Expect(form.Page.Locator("#editor")).ToBeHiddenAsync();
        await form.Page.Context.SetOfflineAsync(false);
        await Expect(form.Outbox).ToBeHiddenAsync();
        await Expect(form.Prompt).ToBeVisibleAsync();
        await Expect(form.Prompt).Not.ToHaveTextAsync(prompt);
        var ranking = Assert.Single(await RankingsAsync(host, 1));
        Assert.Equal((1, ranking.ShownOrder[1]), (ranking.Revision, ranking.Tiers[0][0]));
        PageErrors.AssertNone(form.Page);
    }

    [EditorFact]
    public async Task Connection_LostAndPageReloaded_SendsTheKeptAnnotationFirst()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 3, template: StudioForm.Template);
        var form = await StudioForm.OpenAsync(browser, await host.InviteAsync());
        var prompt = await form.Prompt.InnerTextAsync();
        await form.Page.RouteAsync("**/annotation", route => route.AbortAsync());
        await form.ChooseAsync("left");
        await form.SubmitAsync();
        await Expect(form.Outbox).ToContainTextAsync("not sent yet");
        await form.Page.UnrouteAllAsync();
        await form.Page.ReloadAsync();
        await Expect(form.Prompt).ToBeVisibleAsync();
        await Expect(form.Prompt).Not.ToHaveTextAsync(prompt);
        var ranking = Assert.Single(await RankingsAsync(host, 1));
        Assert.Equal(ranking.ShownOrder[0], ranking.Tiers[0][0]);
    }

    [EditorFact]
    public async Task TwoAnnotators_AtOnce_NeverSeeTheSameTask()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 6, template: StudioForm.Template);
        StudioForm[] forms = [await StudioForm.OpenAsync(browser, await host.InviteAsync()), await StudioForm.OpenAsync(browser, await host.InviteAsync())];
        var seen = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            foreach (var form in forms) seen.Add(await form.Prompt.InnerTextAsync());
            await Task.WhenAll(forms.Select(LabelAsync));
        }
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Equal([2, 2], (await RankingsAsync(host, 4)).CountBy(r => r.Annotator).Select(c => c.Value));
        foreach (var form in forms) PageErrors.AssertNone(form.Page);
    }

    /// <summary>Label Studio's own markup is in a frame, which axe does not enter.</summary>
    [EditorFact]
    public async Task Page_InEachOfItsStates_HasNothingSerious()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1, template: StudioForm.Template);
        var form = await StudioForm.OpenAsync(browser, await host.InviteAsync());
        await Axe.AssertInAllViewsAsync(form.Page, "label-studio-task");
        await form.Page.Locator("#guidelines-button").ClickAsync();
        await Axe.AssertInAllViewsAsync(form.Page, "label-studio-guidelines");
        await form.Page.Locator("#guidelines").GetByText("Close").ClickAsync();
        await form.Page.Context.SetOfflineAsync(true);
        await form.SubmitAsync();
        await Expect(form.Outbox).ToBeVisibleAsync();
        await Axe.AssertInAllViewsAsync(form.Page, "label-studio-offline");
        await form.Page.Context.SetOfflineAsync(false);
        await Expect(form.Main).ToContainTextAsync("All done for now");
        await Axe.AssertInAllViewsAsync(form.Page, "label-studio-done");
    }

    private static async Task LabelAsync(StudioForm form)
    {
        var prompt = await form.Prompt.InnerTextAsync();
        await form.ChooseAsync("left");
        await form.SubmitAsync();
        await Expect(form.Prompt).Not.ToHaveTextAsync(prompt);
    }

    private static Task<IReadOnlyList<Ranking>> RankingsAsync(WebHost host, int count) =>
        Eventually.GetAsync(async () => await host.Get<RankingStore>().ReadBatchAsync(Batch) is var rankings && rankings.Count >= count ? rankings : null);
}
