using Microsoft.Playwright;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Web;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

/// <summary>The label page as its user sees it.</summary>
internal sealed class LabelForm(IPage page)
{
    public IPage Page => page;

    public ILocator Main => page.Locator("main");

    public ILocator Prompt => page.Locator(".turn .text").Last;

    public ILocator Progress => page.Locator("#progress-text");

    public ILocator Answer(int number) => page.Locator($".answer[data-answer='{number}']");

    public static async Task<LabelForm> OpenAsync(Browser browser, WebHost.Annotator annotator, int width = 1280, int height = 800, ColorScheme scheme = ColorScheme.Light, bool clock = false, bool touch = false)
    {
        var form = new LabelForm(await browser.OpenAsync("about:blank", width, height, scheme, touch));
        if (clock) await form.Page.Clock.InstallAsync();
        await form.Page.AddInitScriptAsync(CountNexts);
        await form.Page.GotoAsync(annotator.Link);
        return form;
    }

    /// <summary>Somebody's form in this browser, after this one's page was closed.</summary>
    public async Task<LabelForm> CloseAndOpenAsync(WebHost.Annotator annotator)
    {
        await page.CloseAsync();
        var form = new LabelForm(await page.Context.NewPageAsync());
        PageErrors.Collect(form.Page);
        await form.Page.AddInitScriptAsync(CountNexts);
        await form.Page.GotoAsync(annotator.Link);
        return form;
    }

    public async Task<string> PromptAsync()
    {
        await Expect(Prompt).ToBeVisibleAsync();
        return await Prompt.InnerTextAsync();
    }

    public Task<string> AnswerTextAsync(int number) => Answer(number).Locator(".text").InnerTextAsync();

    /// <summary>Presses a ranking key once it counts, and waits until something else is shown.</summary>
    public async Task PressAsync(string key)
    {
        var before = await PromptAsync();
        await WaitForAheadAsync();
        await WaitUntilKeysCountAsync();
        await page.Keyboard.PressAsync(key);
        await page.WaitForFunctionAsync("before => document.querySelector('.turn .text')?.innerText !== before", before);
    }

    /// <summary>Ranking keys in the first 300 ms are ignored; the browser's own clock says when they are over.</summary>
    public Task WaitUntilKeysCountAsync() =>
        page.EvaluateAsync("() => new Promise(resolve => setTimeout(resolve, 350))");

    /// <summary>Keys one after the other, each once it counts.</summary>
    public async Task KeysAsync(params string[] keys)
    {
        foreach (var key in keys)
        {
            await page.Keyboard.PressAsync(key);
            // A key that opens a text puts the focus there; the next one is meant for the page again.
            if (key is "c" or "e") await page.Keyboard.PressAsync("Escape");
        }
    }

    /// <summary>Skips until this comparison is on the screen: which one comes first is drawn.</summary>
    public async Task WaitForTaskAsync(Comparison task)
    {
        var wanted = task.Prompt.Messages[^1].Content;
        for (var i = 0; i < 3 && await PromptAsync() != wanted; i++) await PressAsync("s");
        Assert.Equal(wanted, await PromptAsync());
    }

    /// <summary>The task on the screen has been answered for, and the one after it has been asked for.</summary>
    public async Task WaitForAheadAsync()
    {
        await Expect(Prompt).ToBeVisibleAsync();
        await page.WaitForFunctionAsync("() => window.nextCalls.pending === 0 && window.nextCalls.done > 1");
    }

    public void AssertNoErrors() => PageErrors.AssertNone(page);

    // The page's own requests for tasks, seen from outside of its modules.
    private const string CountNexts = """
        window.nextCalls = { pending: 0, done: 0 };
        const realFetch = window.fetch;
        window.fetch = async (...call) => {
          const counts = /\/(next|ranking)/.test(String(call[0]));
          if (!counts) return realFetch(...call);
          window.nextCalls.pending++;
          try { return await realFetch(...call); }
          finally { setTimeout(() => { window.nextCalls.pending--; window.nextCalls.done++; }, 20); }
        };
        """;
}
