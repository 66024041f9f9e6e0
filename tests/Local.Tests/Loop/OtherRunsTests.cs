using System.Text.RegularExpressions;

namespace Rlhf.Local.Tests.Loop;

/// <summary>Runs that are not the plain one: a second beside a first, other people's prompts, a trainer that fails, options that can't be.</summary>
public sealed partial class OtherRunsTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Run_BesideARunningOne_PointsToItsLinkAndEnds()
    {
        await using var first = RlhfProcess.Start(folder, ["serve", .. folder.Where]);
        await first.SaysAsync("Rank at:");
        var link = Link().Match(first.Output).Value;

        await using var second = RlhfProcess.Start(folder, folder.Small("run"));

        Assert.Equal(1, await second.ExitAsync());
        Assert.Contains(link, second.Output, StringComparison.Ordinal);
        Assert.Contains("--data", second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PortInUse_SaysWhichItTakesInstead()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;

        await using var serve = RlhfProcess.Start(folder, ["serve", "--data", folder.Data, "--out", folder.Out, "--port", $"{port}"]);

        await serve.SaysAsync($"Port {port}");
        await serve.SaysAsync("Rank at:");
    }

    [Fact]
    public async Task Run_File_KeepsGoodLinesNamesBadOnesAndNeverSimulates()
    {
        var file = folder.Write("my prompts.jsonl", """
            {"prompt": "My kettle is on fire."}
            {"prompt": 
            "a bare string is a prompt too"
            {"messages": [{"role": "user", "content": "And this one has a turn."}]}
            {"prompt": "My kettle is on fire."}

            """);
        await using var loop = RlhfProcess.Start(folder, ["run", file, .. folder.Where]);

        await loop.SaysAsync("3 new prompts, 1 known already, 1 lines rejected");
        await loop.SaysAsync("line 2: The line is no JSON");
        await loop.SaysAsync("Rank at:");
        Assert.Contains("only speaks customer-support messages", loop.Output, StringComparison.Ordinal);
        Assert.Contains("--model", loop.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("simulated", loop.Output, StringComparison.Ordinal);
        var errors = Directory.EnumerateFiles(Path.Combine(folder.Data, "blobs", "prompts", "rejected"), "*.errors.json", SearchOption.AllDirectories);
        Assert.Contains("\"line\":2", await File.ReadAllTextAsync(Assert.Single(errors), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        loop.Terminate();
        Assert.Equal(0, await loop.ExitAsync());
    }

    [Fact]
    public async Task Run_TrainerFails_ExitsNonZeroKeepsRankingsAndResumeTrainsAgain()
    {
        var broken = new Dictionary<string, string> { ["RLHF_TRAINER"] = folder.WriteScript("broken-trainer.sh", "echo the GPU fell out; exit 3") };
        await using (var loop = RlhfProcess.Start(folder, folder.Small("run"), broken))
        {
            Assert.Equal(1, await loop.ExitAsync());
            Assert.Contains("the GPU fell out", loop.Output, StringComparison.Ordinal);
            Assert.Contains("rankings are kept", loop.Output, StringComparison.Ordinal);
            Assert.Contains("./run resume support-1", loop.Output, StringComparison.Ordinal);
        }

        await using var again = RlhfProcess.Start(folder, ["resume", "support-1", .. folder.Where]);
        Assert.True(await again.ExitAsync() == 0, again.Output);
        Assert.Equal("support-1-run2", folder.Summary["run"]!.GetValue<string>());
    }

    [Fact]
    public async Task Run_TooFewPromptsToTrain_SaysSoAndEnds()
    {
        await using var loop = RlhfProcess.Start(folder, ["run", "--prompts", "12", "--share", "0", .. folder.Where]);

        Assert.Equal(1, await loop.ExitAsync());
        Assert.Contains("no training was started", loop.Output, StringComparison.Ordinal);
        Assert.Contains("a run needs 20", loop.Output, StringComparison.Ordinal);
        Assert.Contains("12 rankings are kept", loop.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ModelDamaged_NamesTheFileAndTheWayOut()
    {
        var model = Directory.CreateDirectory(Path.Combine(folder.Root, "model")).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(SolutionFolder.Require("The model"), "models", "support-small")))
            File.Copy(file, Path.Combine(model, Path.GetFileName(file)));
        var onnx = folder.Write("model/model.onnx", "no graph");
        await using var loop = RlhfProcess.Start(folder, folder.Small("run", "--model", model));

        Assert.Equal(1, await loop.ExitAsync());
        Assert.Contains($"'{onnx}' can't be loaded", loop.Output, StringComparison.Ordinal);
        Assert.Contains("fresh copy", loop.Output, StringComparison.Ordinal);
        Assert.Contains("./run resume", loop.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--prompts must be at least 1", "--prompts", "0")]
    [InlineData("overlap-above", "--overlap", "5", "--annotators", "4")]
    [InlineData("1 answers", "--answers", "1")]
    [InlineData("overlap is 0", "--overlap", "0")]
    [InlineData("--steps must be at least 1", "--steps", "0")]
    [InlineData("has 0 annotators", "--annotators", "0")]
    [InlineData("no-such-model", "--model", "no-such-model")]
    [InlineData("no-such-file.txt", "no-such-file.txt")]
    public async Task Run_WhatCantBe_IsRefusedBeforeAnythingStarts(string named, params string[] arguments)
    {
        await using var loop = RlhfProcess.Start(folder, ["run", .. arguments, .. folder.Where]);

        Assert.Equal(1, await loop.ExitAsync());
        Assert.Contains(named == "overlap-above" ? "The overlap is 5" : named, loop.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at Rlhf", loop.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder.Data, "loops")) && Directory.EnumerateFiles(Path.Combine(folder.Data, "loops")).Any());
    }

    [Fact]
    public async Task Resume_Nothing_SaysSo()
    {
        await using var resume = RlhfProcess.Start(folder, ["resume", .. folder.Where]);

        Assert.Equal(1, await resume.ExitAsync());
        Assert.Contains("Nothing in", resume.Output, StringComparison.Ordinal);
        Assert.Contains("./run", resume.Output, StringComparison.Ordinal);
    }

    [GeneratedRegex("http://127\\.0\\.0\\.1:[0-9]+/#[^\\s]+")]
    private static partial Regex Link();
}
