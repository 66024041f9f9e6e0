using Microsoft.Playwright;

namespace Rlhf.Pages.Tests;

/// <summary>Every state of the form, wide and on a phone, light and dark. With <c>RLHF_SCREENSHOTS=folder</c> a picture of each is kept.</summary>
public sealed class LabelStatesTests(Browser browser)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("RLHF_SCREENSHOTS");

    public static TheoryData<string> Names => [.. LabelState.All.Select(state => state.Name)];

    [BrowserTheory]
    [MemberData(nameof(Names))]
    public Task State_WideAndNarrowLightAndDark_HasNothingSeriousForAxeAndFits(string name) =>
        LabelState.All.Single(state => state.Name == name).ShowAsync(browser, async form =>
        {
            foreach (var (width, height) in new[] { (1280, 800), (390, 844) })
            {
                await form.Page.SetViewportSizeAsync(width, height);
                foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
                {
                    await form.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
                    var view = $"{name}-{(width > 400 ? "wide" : "phone")}-{scheme.ToString().ToLowerInvariant()}";
                    if (Folder is not null) await form.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{view}.png") });
                    Assert.True(await form.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), $"{view} scrolls sideways");
                    await Axe.AssertNothingSeriousAsync(form.Page, view);
                }
            }
        });
}
