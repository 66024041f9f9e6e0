using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Rlhf.Contracts;
using Rlhf.Labeling;
using Rlhf.LabelStudio.Templates;
using Rlhf.Local.Tests.Web;
using Rlhf.Prompts;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests.Studio;

/// <summary>What Pairwise has no word for, clicked in Label Studio's real editor.</summary>
public sealed class StudioVerdictTests(Browser browser)
{
    private static readonly BatchId Batch = BatchId.For(WebHost.Campaign, 1, 1);

    [EditorFact]
    public async Task Verdict_Clicked_IsATieBothBadOrHowMuchBetter()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 6, template: StudioForm.WithVerdict, form: new() { Scale = 7 });
        var form = await StudioForm.OpenAsync(browser, await host.InviteAsync());
        (string? Side, string? Word)[] judged = [("left", "much better"), ("right", "slightly better"), (null, "tie"), (null, "both bad"), ("right", null)];
        var rankings = new List<Ranking>();
        foreach (var (side, word) in judged) rankings.Add(await JudgeAsync(host, form, rankings, side, word));
        Assert.Equal(["1>2 3", "2>1 1", "1=2", "BothBad", "2>1"], rankings.Select(Spelled));
        // It is an answer of the ranking's own, and no field beside it.
        Assert.All(rankings, r => Assert.Null(r.Fields));
        PageErrors.AssertNone(form.Page);
    }

    [EditorFact]
    public async Task Undo_OfAVerdict_ShowsItChosenAndTakesAnother()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2, template: StudioForm.WithVerdict, form: new() { Scale = 7 });
        var form = await StudioForm.OpenAsync(browser, await host.InviteAsync());
        await JudgeAsync(host, form, [], "left", "much better");
        await form.Page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(form.Choice("much better").Locator("input")).ToBeCheckedAsync();
        await Expect(form.Side("left")).ToHaveAttributeAsync("style", new Regex("rgb\\(219, 234, 254\\)"));
        await form.Choice("slightly better").ClickAsync();
        await form.SubmitAsync("Update");
        var amended = await Eventually.GetAsync(async () => (await host.Get<RankingStore>().ReadBatchAsync(Batch)).FirstOrDefault(r => r.Revision == 2));
        Assert.Equal("1>2 1", Spelled(amended));
        PageErrors.AssertNone(form.Page);
    }

    [EditorTheory]
    [InlineData("You are the support desk of Aurora Audio.\nAnswer in at most five sentences.")]
    [InlineData(null)]
    public async Task DefaultTemplate_ShowsASystemPromptWhereThereIsOne(string? system)
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1, template: DefaultTemplates.Pair, form: new() { Scale = 7 }, change: c => system is null ? c : WithSystem(c, system));
        var link = (await host.InviteAsync()).Link;
        foreach (var (size, width) in new[] { ("wide", 1280), ("phone", 390) })
        {
            var page = await browser.OpenAsync(link, width);
            var frame = page.FrameLocator("#editor iframe");
            await Expect(frame.GetByText("both bad")).ToBeVisibleAsync();
            if (system is null) await Expect(frame.Locator(".system")).ToBeHiddenAsync();
            else await Expect(frame.Locator(".system .lsf-richtext__container")).ToContainTextAsync("at most five sentences");
            await Screenshots.SaveAsync(page, $"label-studio-default-{(system is null ? "plain" : "system")}-{size}", full: true);
            // The editor's own bar of buttons is a pixel too wide.
            Assert.True(await frame.Locator("body").EvaluateAsync<bool>("body => body.scrollWidth <= innerWidth + 1"));
            PageErrors.AssertNone(page);
            await page.CloseAsync();
        }
    }

    private static async Task<Ranking> JudgeAsync(WebHost host, StudioForm form, IReadOnlyList<Ranking> before, string? side, string? word)
    {
        var prompt = await form.Prompt.InnerTextAsync();
        if (side is not null) await form.ChooseAsync(side);
        if (word is not null) await form.Choice(word).ClickAsync();
        await form.SubmitAsync();
        await Expect(form.Prompt).Not.ToHaveTextAsync(prompt);
        return (await host.Get<RankingStore>().ReadBatchAsync(Batch)).Single(r => before.All(b => b.Comparison != r.Comparison));
    }

    private static Comparison WithSystem(Comparison comparison, string system) =>
        comparison with { Prompt = comparison.Prompt with { Messages = [new(MessageRole.System, system), .. comparison.Prompt.Messages] } };

    /// <summary>Answers by their place on the screen.</summary>
    private static string Spelled(Ranking ranking)
    {
        var places = ranking.ShownOrder.ToList();
        return ranking.Outcome != RankingOutcome.Ranked ? ranking.Outcome.ToString()
            : $"{string.Join('>', ranking.Tiers.Select(tier => string.Join('=', tier.Select(id => places.IndexOf(id) + 1).Order())))} {ranking.Strength}".TrimEnd();
    }
}
