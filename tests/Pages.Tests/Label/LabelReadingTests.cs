using Rlhf.Labeling;
using Rlhf.Local.Tests.Web;
using Rlhf.Prompts;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

/// <summary>How texts are read: conversations, formatted text, differences, other scripts, long answers.</summary>
public sealed class LabelReadingTests(Browser browser)
{
    [BrowserFact]
    public async Task Conversation_ShowsSettingAndTurnsInOrder()
    {
        await using var host = await WebHost.StartAsync();
        var comparison = SampleComparisons.Make(Stored.Batch, 0);
        var form = await OpenAsync(host, comparison with
        {
            Prompt = comparison.Prompt with { Messages = [new(MessageRole.System, "Be kind."), new(MessageRole.User, "Hello."), new(MessageRole.Assistant, "Yes?"), new(MessageRole.User, "Help!")] },
        });
        await Expect(form.Page.Locator(".turn")).ToHaveTextAsync(["SettingBe kind.", "UserHello.", "AssistantYes?", "UserHelp!"]);
    }

    [BrowserFact]
    public async Task Formatted_HostileMarkdown_IsRenderedWithoutMarkupImagesOrLinks()
    {
        await using var host = await WebHost.StartAsync();
        var asked = new List<string>();
        var form = await OpenAsync(host, SampleComparisons.Make(Stored.Batch, 0, "Format it.", [
            "**bold** and `code`\n\n```html\n<b>x</b>\n```\n\n<img src=x onerror='window.hacked = 1'><script>window.hacked = 1</script>\n\n![pixel](https://example.org/pixel.png)",
            "[a link](javascript:window.hacked=1) and https://example.org/x\n\n<a href='https://example.org' style='position:fixed'>y</a>\n\n<details open ontoggle='window.hacked = 1'>\n\n| a | b |\n|---|---|\n| 1 | 2 |"]));
        form.Page.Request += (_, request) => asked.Add(request.Url);
        await form.KeysAsync("m");
        await Expect(form.Main.Locator(".answer strong")).ToHaveTextAsync("bold");
        await Expect(form.Main.Locator(".answer pre code")).ToHaveTextAsync("<b>x</b>\n");
        await Expect(form.Main.Locator(".answer td")).ToHaveTextAsync(["1", "2"]);
        await Expect(form.Main).ToContainTextAsync("<img src=x onerror='window.hacked = 1'>");
        await Expect(form.Main).ToContainTextAsync("image: pixel");
        await Expect(form.Main).ToContainTextAsync("javascript:window.hacked=1");
        Assert.Equal(0, await form.Main.Locator("a, img, script, details, [style], [onerror], [href], [src]").CountAsync());
        Assert.False(await form.Page.EvaluateAsync<bool>("() => 'hacked' in window"));
        Assert.DoesNotContain(asked, url => url.Contains("example.org", StringComparison.Ordinal));
        form.AssertNoErrors();
        await form.KeysAsync("m");
        await Expect(form.Main).ToContainTextAsync("**bold** and `code`");
    }

    [BrowserFact]
    public async Task Formatted_IsRememberedForTheNextTaskAndOverAReload()
    {
        await using var host = await WebHost.StartAsync();
        var form = await OpenAsync(host, SampleComparisons.Make(Stored.Batch, 0, "One.", ["**a**", "**b**"]), SampleComparisons.Make(Stored.Batch, 1, "Two.", ["**c**", "**d**"]));
        await form.KeysAsync("m");
        await Expect(form.Main.Locator(".answer strong")).ToHaveCountAsync(2);
        await form.PressAsync("1");
        await Expect(form.Main.Locator(".answer strong")).ToHaveCountAsync(2);
        await form.Page.ReloadAsync();
        await Expect(form.Main.Locator(".answer strong")).ToHaveCountAsync(2);
    }

    [BrowserFact]
    public async Task Differences_MarkWhatTheAnswersDoNotShare_InChineseToo()
    {
        await using var host = await WebHost.StartAsync();
        var form = await OpenAsync(host, SampleComparisons.Make(Stored.Batch, 0, "Compare.", ["Hold the button for ten seconds. 包裹星期四送达。", "Hold the switch for ten seconds. 包裹星期五送达。"]));
        await form.KeysAsync("d");
        var marks = await form.Main.Locator("mark").AllInnerTextsAsync();
        Assert.Contains("button", marks);
        Assert.Contains("switch", marks);
        Assert.Equal(4, marks.Count);
        Assert.Contains("Hold the button for ten seconds. 包裹星期四送达。", await form.Main.InnerTextAsync());
        await form.KeysAsync("d");
        await Expect(form.Main.Locator("mark")).ToHaveCountAsync(0);
    }

    [BrowserFact]
    public async Task RightToLeft_RunsFromTheRightAndCutsNothing()
    {
        await using var host = await WebHost.StartAsync();
        var form = await OpenAsync(host, SampleComparisons.Make(Stored.Batch, 0, "متى تصل الشحنة؟", ["ستصل يوم الخميس، رقم الطلب 48213.", "包裹星期四送达"]));
        Assert.Equal("rtl", await form.Prompt.EvaluateAsync<string>("element => getComputedStyle(element).direction"));
        Assert.Equal(["ltr", "rtl"], (await form.Main.Locator(".answer .text").EvaluateAllAsync<string[]>("all => all.map(element => getComputedStyle(element).direction)")).Order());
    }

    [BrowserFact]
    public async Task RightToLeft_Formatted_ListsAndTablesRunFromTheRightToo()
    {
        await using var host = await WebHost.StartAsync();
        const string Arabic = "- افتح العلبة\n- اضغط **الزر**\n\n  عشر ثوان\n\n> انتظر\n\n| الطراز | اللون |\n|---|---|\n| ١ | أحمر |\n";
        var form = await OpenAsync(host, SampleComparisons.Make(Stored.Batch, 0, "كيف؟", [Arabic, "1. Open it\n2. Press it\n\n| Model | Light |\n|---|---|\n| 1 | red |\n"]));
        await form.KeysAsync("m");
        await Expect(form.Main.Locator(".answer table")).ToHaveCountAsync(2);
        foreach (var (element, direction) in new[] { ("ul", "rtl"), ("ul > li", "rtl"), ("blockquote", "rtl"), ("ol", "ltr"), ("ol > li", "ltr") })
            Assert.Equal(direction, await form.Main.Locator($".answer {element}").First.EvaluateAsync<string>("element => getComputedStyle(element).direction"));
        Assert.Equal(["ltr", "rtl"], (await form.Main.Locator(".answer .table-scroll, .answer table").EvaluateAllAsync<string[]>("all => all.map(element => getComputedStyle(element).direction)")).Distinct().Order());
    }

    [BrowserFact]
    public async Task MarkedText_TheClickThatTakesTheMarkAway_IsNoChoice()
    {
        await using var host = await WebHost.StartAsync();
        var form = await OpenAsync(host, SampleComparisons.Make(Stored.Batch, 0, "Read closely.", ["Yes, of course.", "No."]));
        await form.Answer(1).Locator(".text").SelectTextAsync();
        await form.Answer(2).ClickAsync();
        Assert.Equal("", await form.Page.EvaluateAsync<string>("() => String(getSelection())"));
        await Expect(form.Prompt).ToHaveTextAsync("Read closely.");
        Assert.Empty(await host.Get<RankingStore>().ReadBatchAsync(Stored.Batch));
        await form.Answer(2).ClickAsync();
        Assert.Single(await Stored.RankingsAsync(host, 1));
    }

    [BrowserFact]
    public async Task LongAnswers_ScrollTogetherByKeys_WhileThePromptAndTheJudgementsStay()
    {
        await using var host = await WebHost.StartAsync();
        var lines = string.Join("\n", Enumerable.Range(1, 120).Select(i => $"Line {i}."));
        var form = await OpenAsync(host, SampleComparisons.Make(Stored.Batch, 0, "Write much.", [lines, lines + "\nAnd more."]));
        var before = await TopsAsync(form);
        await form.KeysAsync("PageDown", "ArrowDown");
        await form.Page.WaitForFunctionAsync("() => document.querySelector('.answers').scrollTop > 300");
        var after = await TopsAsync(form);
        Assert.True(after[0] < before[0] - 300 && after[0] == after[1], $"{string.Join(", ", before)} became {string.Join(", ", after)}");
        await Expect(form.Prompt).ToBeInViewportAsync();
        await Expect(form.Page.Locator(".points")).ToBeInViewportAsync(new() { Ratio = 1 });
        Assert.Empty(await host.Get<RankingStore>().ReadBatchAsync(Stored.Batch));
    }

    private static async Task<double[]> TopsAsync(LabelForm form) =>
        await form.Main.Locator(".answer .text").EvaluateAllAsync<double[]>("all => all.map(element => element.getBoundingClientRect().top)");

    private async Task<LabelForm> OpenAsync(WebHost host, params Comparison[] comparisons)
    {
        await Stored.PublishAsync(host, new(), comparisons);
        var form = await LabelForm.OpenAsync(browser, await host.InviteAsync());
        await form.PromptAsync();
        await form.WaitUntilKeysCountAsync();
        return form;
    }
}
