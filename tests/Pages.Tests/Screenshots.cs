using Microsoft.Playwright;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Web;
using Rlhf.Training;
using Rlhf.Web.Security;
using static Microsoft.Playwright.Assertions;

namespace Rlhf.Pages.Tests;

/// <summary>Takes the README's pictures and ones of every page in both widths and colour schemes: <c>RLHF_SCREENSHOTS=folder dotnet test tests/Pages.Tests --filter Screenshots</c>.</summary>
public sealed class Screenshots(Browser browser)
{
    private const int FormHeight = 600;

    private static readonly string? Folder = Environment.GetEnvironmentVariable("RLHF_SCREENSHOTS");

    [BrowserFact]
    public async Task AllPages_InBothWidthsAndSchemes_ShowTheirMainPart()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 24);
        await SampleRankings.WriteAsync(host, published);
        await host.PublishAsync(count: 3, answers: 3, batch: 2);
        await RankSomeAsync(host);
        await SampleRun.WriteAsync(host, RunState.Succeeded);
        foreach (var (scheme, width, height) in new[] { (ColorScheme.Light, 1280, 800), (ColorScheme.Dark, 1280, 800), (ColorScheme.Light, 390, 844), (ColorScheme.Dark, 390, 844) })
        {
            var name = $"{(width > 400 ? "wide" : "phone")}-{scheme.ToString().ToLowerInvariant()}";
            var form = await LabelForm.OpenAsync(browser, await host.InviteAsync(), width, width > 400 ? FormHeight : height, scheme);
            await form.PromptAsync();
            await SaveAsync(form.Page, $"label-{name}");
            foreach (var (path, shown) in new[] { ("/", "Campaigns"), ("/campaign?id=support", "Generators"), ("/run?id=support-run1", "Judged on test prompts") })
            {
                var page = await browser.OpenAsync(OwnerLink.For(host.Address, WebHost.AdminToken, path), width, height, scheme);
                await Expect(page.GetByRole(AriaRole.Heading, new() { Name = shown })).ToBeVisibleAsync();
                Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), $"{path} scrolls sideways at {width}");
                await SaveAsync(page, $"{path.Trim('/').Split('?')[0] switch { "" => "dashboard", var other => other }}-{name}", full: true);
            }
        }
    }

    private static async Task RankSomeAsync(WebHost host)
    {
        foreach (var kind in new[] { AnnotatorKind.Person, AnnotatorKind.Simulated })
        {
            var annotator = await host.InviteAsync(kind: kind);
            for (var i = 0; i < 4; i++) await annotator.RankAsync((await annotator.NextAsync()).Task!);
        }
    }

    internal static async Task SaveAsync(IPage page, string name, bool full = false)
    {
        if (Folder is not null) await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, name + ".png"), FullPage = full });
    }
}
