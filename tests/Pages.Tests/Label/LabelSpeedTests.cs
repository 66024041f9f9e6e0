using Rlhf.Local.Tests.Web;

namespace Rlhf.Pages.Tests;

/// <summary>From the key to the frame that shows the next task: 100 ms, the median of five. No other test runs beside these.</summary>
[Collection(typeof(Alone))]
public sealed class LabelSpeedTests(Browser browser)
{
    private const int Tasks = 6;

    private static readonly string Long = string.Concat(Enumerable.Range(1, 60).Select(i =>
        $"## Step {i}\n\nHold the **button** for `{i}` seconds, then look at the light: it blinks *red* until the reset is done.\n\n- one\n- two\n\n"));

    [BrowserFact]
    public Task NextPair_IsShownWithin100MillisecondsOfTheKey() => AssertQuickAsync(answers: 2, ["Yes, of course.", "No."], [], ["1"]);

    [BrowserFact]
    public Task NextPair_LongFormattedTexts_IsShownWithin100MillisecondsOfTheKey() => AssertQuickAsync(answers: 2, [Long, Long + "Done."], ["m"], ["1"], ".answer .formatted h2");

    [BrowserFact]
    public Task NextPair_LongTextsWithDifferences_IsShownWithin100MillisecondsOfTheKey() => AssertQuickAsync(answers: 2, [Long, Long.Replace("red", "white", StringComparison.Ordinal)], ["d"], ["1"], ".answer mark");

    [BrowserFact]
    public Task NextTask_NineAnswers_IsShownWithin100MillisecondsOfEnter() => AssertQuickAsync(answers: 9, [Long], [], ["1", "2", "Enter"]);

    private async Task AssertQuickAsync(int answers, string[] texts, string[] view, string[] keys, string shows = ".answer .text")
    {
        await using var host = await WebHost.StartAsync();
        await Stored.PublishAsync(host, new(), [.. Enumerable.Range(0, Tasks).Select(i => SampleComparisons.Make(Stored.Batch, i, $"Question {i}?", texts, answers))]);
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        await form.PromptAsync();
        await form.KeysAsync(view);
        await form.Page.Locator(shows).First.WaitForAsync();
        var times = new List<double>();
        for (var i = 0; i < Tasks - 1; i++)
        {
            await form.WaitForAheadAsync();
            await form.WaitUntilKeysCountAsync();
            await form.KeysAsync(keys[..^1]);
            times.Add(await form.Page.EvaluateAsync<double>(KeyToFrame, new { key = keys[^1], shows }));
        }
        var measured = $"{string.Join(", ", times.Select(t => t.ToString("0", System.Globalization.CultureInfo.InvariantCulture)))} ms";
        TestContext.Current.TestOutputHelper?.WriteLine(measured);
        Assert.True(times.Order().ElementAt(times.Count / 2) <= 100, measured);
    }

    private const string KeyToFrame = """
        ({ key, shows }) => new Promise(resolve => {
          const before = document.querySelector(".turn .text").textContent;
          const start = performance.now();
          const look = () => {
            const isNext = document.querySelector(".turn .text")?.textContent !== before && document.querySelector(shows);
            // Shown is what a frame has been painted with: the one after it begins then.
            if (isNext) requestAnimationFrame(() => resolve(performance.now() - start));
            else requestAnimationFrame(look);
          };
          dispatchEvent(new KeyboardEvent("keydown", { key }));
          requestAnimationFrame(look);
        })
        """;
}
