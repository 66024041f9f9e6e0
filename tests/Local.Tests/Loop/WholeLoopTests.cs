using System.Text.Json.Nodes;
using Rlhf.Contracts.Tools;

namespace Rlhf.Local.Tests.Loop;

/// <summary>The whole loop, as a process of its own: small, but nothing in it is pretended.</summary>
public sealed class WholeLoopTests : IDisposable
{
    private static readonly string[] keys =
    [
        "prompts", "answers", "rankings", "simulated", "pairs", "dropped", "agreement", "rewardAccuracy", "judge", "testPrompts", "winRate", "winRateLow", "winRateHigh", "klMean", "seconds", "report",
    ];

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Run_WithoutTerminal_EndsWithSummaryAndReport()
    {
        await using var loop = RlhfProcess.Start(folder, folder.Small("run", "--overlap", "2"));

        Assert.True(await loop.ExitAsync() == 0, loop.Output);

        var summary = folder.Summary;
        AssertSummary(summary);
        Assert.Equal(summary["rankings"]!.GetValue<int>(), summary["simulated"]!.GetValue<int>());
        Assert.InRange(summary["agreement"]!.GetValue<double>(), 0.5, 1);
        var report = await File.ReadAllTextAsync(summary["report"]!.GetValue<string>(), TestContext.Current.CancellationToken);
        Assert.Contains("<svg", report, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", report, StringComparison.Ordinal);
        Assert.Contains("simulated", loop.Output, StringComparison.Ordinal);

        await using var second = RlhfProcess.Start(folder, folder.Small("run"));
        await second.SaysAsync("Kept from before: support-1 (finished)");
        await second.SaysAsync("inbox/support-2/");
    }

    [ToolFact]
    [Needs(Tool.Azurite)]
    public async Task Run_OnAzurite_EndsWithSummary()
    {
        await using var loop = RlhfProcess.Start(folder, folder.Small("run", "--azurite"));

        Assert.True(await loop.ExitAsync() == 0, loop.Output);

        AssertSummary(folder.Summary);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(folder.Data, "blobs"), "*.jsonl", SearchOption.AllDirectories));
    }

    private static void AssertSummary(JsonObject summary)
    {
        Assert.All(keys, key => Assert.True(summary.ContainsKey(key), key));
        Assert.Equal(120, summary["prompts"]!.GetValue<int>());
        Assert.Equal("rule", summary["judge"]!.GetValue<string>());
        Assert.InRange(summary["testPrompts"]!.GetValue<int>(), 10, 80);
        Assert.InRange(summary["winRate"]!.GetValue<double>(), summary["winRateLow"]!.GetValue<double>(), summary["winRateHigh"]!.GetValue<double>());
        Assert.InRange(summary["rewardAccuracy"]!.GetValue<double>(), 0.3, 1);
        Assert.True(double.IsFinite(summary["klMean"]!.GetValue<double>()));
        Assert.True(summary["pairs"]!.GetValue<int>() >= 80);
    }
}
