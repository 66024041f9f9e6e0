using Rlhf.Contracts.Tools;
using Rlhf.Local.Cli;

namespace Rlhf.Local.Tests.Loop;

/// <summary>What the program says to type next, typed.</summary>
public sealed class CommandHintTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [ToolFact]
    [Needs(Tool.Shell)]
    public async Task Serve_ItsHintTyped_GoesOnInTheSameFolder()
    {
        string hint;
        var data = Path.Combine(folder.Root, "Ann's data");
        await using (var serve = RlhfProcess.Start(folder, ["serve", "--prompts", "2", "--data", data, "--out", folder.Out, "--port", "0"]))
        {
            await serve.SaysAsync("Ctrl-C ends it");
            hint = serve.Hint;
            serve.Terminate();
            Assert.Equal(0, await serve.ExitAsync());
        }

        await using var again = RlhfProcess.Type(folder, hint);

        await again.SaysAsync("Going on with support-1");
        await again.SaysAsync("Ctrl-C ends it");
        again.Terminate();
        Assert.Equal(0, await again.ExitAsync());
    }

    [ToolFact]
    [Needs(Tool.Shell)]
    public async Task Resume_NothingThere_ItsHintTypedStartsARunInTheSameFolder()
    {
        await using var resume = RlhfProcess.Start(folder, ["resume", .. folder.Where]);
        Assert.Equal(1, await resume.ExitAsync());

        await using var run = RlhfProcess.Type(folder, resume.Hint);

        await run.SaysAsync("Dropped support-prompts.jsonl");
        Assert.True(File.Exists(Path.Combine(folder.Data, "loops", "support-1.json")));
    }

    [Fact]
    public void Hints_NoOptionsGiven_AreTheBareCommands() =>
        Assert.Equal(("./run", "./run serve", "./run campaigns", "./run resume"), (new CommandHints(new()).Run, new CommandHints(new()).Serve, new CommandHints(new()).Campaigns, new CommandHints(new()).Resume()));

    [Fact]
    public void Resume_OptionsGiven_AreRepeated()
    {
        var hints = new CommandHints(new(folder.Data, Port: 8080, Azurite: true, Out: folder.Out));

        Assert.Equal($"./run resume kettles-1 --data {folder.Data} --out {folder.Out} --port 8080 --azurite", hints.Resume(CampaignId.From("kettles-1")));
        Assert.Equal($"./run campaigns --data {folder.Data}", hints.Campaigns);
    }
}
