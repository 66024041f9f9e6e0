using System.Text.Json;
using Microsoft.Playwright;
using Rlhf.Contracts;

namespace Rlhf.Pages.Tests;

/// <summary>axe-core on a page.</summary>
internal static class Axe
{
    private static readonly string ScriptPath = Repository.File("node_modules", "axe-core", "axe.min.js");

    public static bool IsMissing => !File.Exists(ScriptPath);

    /// <summary>Wide and on a phone, light and dark: nothing serious, and the page fits its window. With <c>RLHF_SCREENSHOTS=folder</c> a picture of each is kept.</summary>
    /// <param name="full">Whether the picture goes down to the page's end.</param>
    public static async Task AssertInAllViewsAsync(IPage page, string state, bool full = false)
    {
        foreach (var (size, width, height) in new[] { ("wide", 1280, 800), ("phone", 390, 844) })
        {
            await page.SetViewportSizeAsync(width, height);
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                var view = $"{state}-{size}-{scheme.ToString().ToLowerInvariant()}";
                await Screenshots.SaveAsync(page, view, full);
                Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), $"{view} scrolls sideways");
                await AssertNothingSeriousAsync(page, view);
            }
        }
    }

    /// <summary>Fails with what axe calls serious or critical.</summary>
    private static async Task AssertNothingSeriousAsync(IPage page, string state)
    {
        await page.EvaluateAsync(await File.ReadAllTextAsync(ScriptPath));
        var found = await page.EvaluateAsync<string>("""
            async () => {
              const { violations } = await axe.run(document, { resultTypes: ["violations"] });
              return JSON.stringify(violations.filter(violation => violation.impact === "serious" || violation.impact === "critical")
                .map(violation => `${violation.id}: ${violation.help}: ${violation.nodes.slice(0, 3).map(node => node.html.slice(0, 160) + " " + (node.any[0]?.message ?? "")).join(" | ")}`));
            }
            """);
        Assert.True(JsonSerializer.Deserialize<string[]>(found) is [], $"{state}: {found}");
    }
}
