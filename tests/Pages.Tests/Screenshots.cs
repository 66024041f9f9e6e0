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

    private static readonly (ColorScheme Scheme, int Width, int Height)[] Views =
        [(ColorScheme.Light, 1280, 800), (ColorScheme.Dark, 1280, 800), (ColorScheme.Light, 390, 844), (ColorScheme.Dark, 390, 844)];

    private static readonly string? Folder = Environment.GetEnvironmentVariable("RLHF_SCREENSHOTS");

    [BrowserFact]
    public async Task AllPages_InBothWidthsAndSchemes_ShowTheirMainPart()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 24);
        await host.PublishAsync(count: 3, answers: 3, batch: 2);
        await RankSomeAsync(host);
        foreach (var view in Views) await TakeFormAsync(host, view);
        // They go past the serving, so the form's counts are looked at before.
        await SampleRankings.WriteAsync(host, published);
        await SampleRun.WriteAsync(host, RunState.Succeeded);
        foreach (var (scheme, width, height) in Views)
        {
            var name = NameOf(scheme, width);
            foreach (var (path, shown) in new[] { ("/", "Campaigns"), ("/run?id=support-run1", "Judged on test prompts") })
            {
                var page = await browser.OpenAsync(OwnerLink.For(host.Address, WebHost.AdminToken, path), width, height, scheme);
                await Expect(page.GetByRole(AriaRole.Heading, new() { Name = shown })).ToBeVisibleAsync();
                Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), $"{path} scrolls sideways at {width}");
                await SaveAsync(page, $"{path.Trim('/').Split('?')[0] switch { "" => "dashboard", var other => other }}-{name}", full: true);
            }
        }
    }

    private async Task TakeFormAsync(WebHost host, (ColorScheme Scheme, int Width, int Height) view)
    {
        var annotator = await host.InviteAsync();
        for (var i = 0; i < 2; i++) await annotator.RankAsync((await annotator.NextAsync()).Task!);
        var form = await LabelForm.OpenAsync(browser, annotator, view.Width, view.Width > 400 ? FormHeight : view.Height, view.Scheme);
        await form.PromptAsync();
        await SaveAsync(form.Page, $"label-{NameOf(view.Scheme, view.Width)}");
    }

    private static string NameOf(ColorScheme scheme, int width) => $"{(width > 400 ? "wide" : "phone")}-{scheme.ToString().ToLowerInvariant()}";

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
