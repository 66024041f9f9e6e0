using System.Text.Json;
using Rlhf.Json;
using Rlhf.Preferences.Formats;
using Rlhf.Prompts;

namespace Rlhf.Local.Tests.Loop;

/// <summary><c>rlhf import</c> and <c>rlhf export</c> as somebody types them.</summary>
public sealed class FormatCommandTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Import_ThenExport_MovesADataSetThroughACampaignOfItsOwn()
    {
        var file = Path.Combine(folder.Root, "pairs.csv");
        await File.WriteAllTextAsync(file, "prompt,chosen,rejected,split\n" + string.Concat(Enumerable.Range(1, 30).Select(i => $"Question {i}?,yes {i},no {i},{(i % 5 == 0 ? "test" : "train")}\n")));
        var (refused, why) = await RunAsync("import", file);
        Assert.Equal(1, refused);
        Assert.Contains("--kind person", why, StringComparison.Ordinal);

        var (imported, output) = await RunAsync("import", file, "--kind", "llm");
        Assert.True(imported == 0, output);
        Assert.Contains("30 comparisons imported into pairs", output, StringComparison.Ordinal);

        var target = Path.Combine(folder.Root, "set");
        Assert.Equal(0, (await RunAsync("export", "pairs", "--format", "hh", "--output", target + Path.DirectorySeparatorChar)).Code);
        Assert.Equal(["README.md", "card.json", "test.jsonl", "train.jsonl"], Directory.GetFiles(target).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var card = JsonSerializer.Deserialize<DataCard>(await File.ReadAllTextAsync(Path.Combine(target, "card.json")), RlhfJson.Options)!;
        Assert.Equal((24, 6), (card.Rows[Split.Train], card.Rows[Split.Test]));
        Assert.Equal(24, (await File.ReadAllLinesAsync(Path.Combine(target, "train.jsonl"))).Length);
    }

    private async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        await using var process = RlhfProcess.Start(folder, [.. arguments, "--data", folder.Data]);
        return (await process.ExitAsync(), process.Output);
    }
}
