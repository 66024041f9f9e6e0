using Microsoft.Playwright;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Labeling.Checks;
using Rlhf.Local.Tests.Web;
using Rlhf.Prompts;
using Rlhf.Web.Contracts;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

/// <summary>What the form can look like: each with the campaign, the task and the keys that lead there.</summary>
internal sealed record LabelState(string Name, LabelFormSettings Form, Comparison Comparison, Func<LabelForm, Task> Act, bool HasNext = false)
{
    private static readonly GoldRequest Practice = new(["We will replace it free of charge.", "Go away."], [[1], [2]], "My kettle broke after two weeks.", Explanation: "Only the first one helps.\nAn answer may be short, never rude.", Practice: true);

    private const string Setting = "You are the support assistant of Aurora, a shop for headphones and speakers. Be kind, be exact, and never promise what the shop can't keep.";

    private const string Steps = """
        ## Reset the headphones

        1. Put them **into the case** and close it.
        2. Hold the button for `10 s`, until the light blinks *red*.
        3. Pair them again under **Settings → Bluetooth**.

        ```js
        const status = await aurora.reset({ hard: true });
        console.log(status); // "done"
        ```

        | Model | Button | Light |
        |---|---|---|
        | Aurora 1 | left | red |
        | Aurora 2 | case | white |

        > Your pairings are lost by a reset.

        If that doesn't help, see [our help page](https://example.org/reset) or reply here.
        """;

    private static BatchId Batch { get; } = BatchId.For(WebHost.Campaign, 1, 1);

    public static IReadOnlyList<LabelState> All { get; } =
    [
        new("pair", new(), SampleComparisons.Make(Batch, 0), _ => Task.CompletedTask),
        new("pair-scale-4-notes", new() { Scale = 4 }, SampleComparisons.Make(Batch, 1), form => form.KeysAsync("c", "e")),
        new("pair-scale-7", new() { Scale = 7, DailyCap = 60 }, Turns(SampleComparisons.Make(Batch, 2)), _ => Task.CompletedTask),
        new("pair-differences", new(), SampleComparisons.Make(Batch, 3, "Can I change the delivery address of order 48213?", [
            "Yes, as long as it hasn't shipped. Tell me the new address here and I'll change order 48213 right away; you will get a confirmation by email.",
            "Yes, as long as it hasn't left us. Tell me the new address and I'll change order 48213 today; you will get a confirmation by text message."]), form => form.KeysAsync("d")),
        new("pair-formatted-long", new() { Scale = 4 }, Turns(SampleComparisons.Make(Batch, 4, "How do I reset my headphones?", [Steps, Steps.Replace("10 s", "20 s", StringComparison.Ordinal) + "\n\n" + Steps])), form => form.KeysAsync("m")),
        new("pair-right-to-left", new(), SampleComparisons.Make(Batch, 5, "מתי יגיע המשלוח שלי? הזמנה 48213.", ["המשלוח שלך יצא אתמול ויגיע ביום חמישי. אפשר לעקוב אחריו כאן: example.org/48213.", "您好，您的包裹昨天已经发出，预计星期四送达。您可以随时查询物流状态。"]), _ => Task.CompletedTask),
        new("tiers", new(), SampleComparisons.Make(Batch, 6, answers: 4), form => form.KeysAsync("4", "1", "t")),
        new("tiers-pinned", new(), SampleComparisons.Make(Batch, 0, answers: 4), form => form.KeysAsync("2", "p", "1", "4", "d")),
        new("tiers-nine", new(), SampleComparisons.Make(Batch, 7, answers: 9), form => form.KeysAsync("1", "2", "t", "3", "4")),
        new("best-and-worst", new() { ManyAnswers = ManyAnswersMode.BestAndWorst }, SampleComparisons.Make(Batch, 8, answers: 3), form => form.KeysAsync("3", "1")),
        new("keys", new() { Scale = 4 }, SampleComparisons.Make(Batch, 9), form => form.KeysAsync("?")),
        new("guidelines", new(), SampleComparisons.Make(Batch, 10), form => form.KeysAsync("g")),
        new("offline", new(), SampleComparisons.Make(Batch, 11), async form =>
        {
            await form.Page.Context.SetOfflineAsync(true);
            await form.KeysAsync("1");
            await Expect(form.Page.Locator("#outbox")).ToBeVisibleAsync();
        }, HasNext: true),
        new("amending", new() { Scale = 4 }, SampleComparisons.Make(Batch, 12), async form =>
        {
            await form.KeysAsync("1");
            await form.Page.Keyboard.PressAsync("u");
            await Expect(form.Page.Locator(".amending")).ToBeVisibleAsync();
        }, HasNext: true),
        new("done", new() { DailyCap = 1 }, SampleComparisons.Make(Batch, 13), async form =>
        {
            await form.KeysAsync("1");
            await Expect(form.Main).ToContainTextAsync("Enough for today");
        }),
        new("practice", new(), SampleComparisons.Make(Batch, 14), form => Expect(form.Page.Locator("#practice")).ToBeVisibleAsync()) { HasPractice = true },
        new("feedback", new(), SampleComparisons.Make(Batch, 15), async form =>
        {
            await form.KeysAsync("1");
            await form.Page.Locator("dialog[open] summary").ClickAsync();
        }) { HasPractice = true },
        new("break", new(), SampleComparisons.Make(Batch, 16), async form =>
        {
            // As somebody who has worked for two hours.
            await form.Page.EvaluateAsync("() => localStorage.setItem(Object.keys(localStorage).find(name => name.startsWith('rlhf-guidelines')).replace('guidelines', 'pace'), JSON.stringify({ latest: [], since: 7200, at: Date.now() }))");
            await form.Page.ReloadAsync();
            await form.WaitForAheadAsync();
            await form.WaitUntilKeysCountAsync();
            await form.KeysAsync("1");
            await Expect(form.Page.Locator("#break")).ToContainTextAsync("A short break");
        }, HasNext: true),
        new("paused", new(), SampleComparisons.Make(Batch, 17), form => Expect(form.Main).ToContainTextAsync("Lunch until one.")) { IsPaused = true },
        new("stopped", new(), SampleComparisons.Make(Batch, 18), async form =>
        {
            await form.Page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
            await Expect(form.Main).ToContainTextAsync("Thank you");
        }),
    ];

    /// <summary>A practice comparison comes first.</summary>
    public bool HasPractice { get; init; }

    public bool IsPaused { get; init; }

    /// <summary>The state on a page of its own, in a host of its own.</summary>
    public async Task ShowAsync(Browser browser, Func<LabelForm, Task> look)
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 0, batch: 2, form: Form, guidelines: "Pick the answer you would rather have received.\n\nAn answer is good when it solves the problem, is polite and promises nothing that the shop can't keep.\nLength alone is no merit.",
            checks: HasPractice ? CheckSettings.None with { PracticeItems = 1, NeededAccuracy = 0 } : null);
        if (HasPractice) await host.Get<GoldService>().MakeAsync(WebHost.Campaign, Practice);
        if (IsPaused) await host.Get<CampaignStore>().UpdateAsync(WebHost.Campaign, c => c with { State = CampaignState.Paused, Reason = "Lunch until one." });
        await host.Get<ComparisonStore>().PublishAsync(WebHost.Campaign, Batch, HasNext ? [Comparison, SampleComparisons.Make(Batch, 99)] : [Comparison]);
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        // Guidelines of several lines open by themselves the first time.
        await Expect(form.Page.Locator("#guidelines")).ToBeVisibleAsync();
        await form.Page.Keyboard.PressAsync("Escape");
        if (!IsPaused && !HasPractice) await form.WaitForTaskAsync(Comparison);
        else if (HasPractice) await Expect(form.Prompt).ToHaveTextAsync(Practice.Prompt!);
        await form.WaitUntilKeysCountAsync();
        await Act(form);
        await look(form);
        form.AssertNoErrors();
        await form.Page.Context.CloseAsync();
    }

    private static Comparison Turns(Comparison comparison) => comparison with
    {
        Prompt = comparison.Prompt with
        {
            Messages = [new(MessageRole.System, Setting), new(MessageRole.User, "Hello, I have a question."), new(MessageRole.Assistant, "Of course. What is it?"), .. comparison.Prompt.Messages],
        },
    };
}
