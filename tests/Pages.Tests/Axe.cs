using System.Text.Json;
using Microsoft.Playwright;
using Rlhf.Contracts;

namespace Rlhf.Pages.Tests;

/// <summary>axe-core on a page. The window is made wide and narrow, light and dark.</summary>
internal static class Axe
{
    private static readonly string ScriptPath = Repository.File("node_modules", "axe-core", "axe.min.js");

    public static bool IsMissing => !File.Exists(ScriptPath);

    /// <summary>Fails with what axe calls serious or critical.</summary>
    public static async Task AssertNothingSeriousAsync(IPage page, string state)
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
