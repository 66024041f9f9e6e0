using System.Text.Json.Nodes;
using Rlhf.Training.Launching;

namespace Rlhf.Local.Tests.Loop;

/// <summary>kill -9 of the host, the trainer or both, then <c>resume</c>: nothing is lost, nothing is asked twice.</summary>
public sealed class KilledLoopTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Resume_HostKilledAtEveryStageThenItsTrainerToo_CompletesWithEveryRankingOnce()
    {
        await KillAsync(folder.Small("run"), "Dropped support-prompts.jsonl");
        await KillAsync(["resume", .. folder.Where], "rankings     [#");
        await KillAsync(["resume", .. folder.Where], "reward model [");
        await KillAsync(["resume", .. folder.Where], "policy (PPO) [");
        KillTrainer();

        await using var last = RlhfProcess.Start(folder, ["resume", .. folder.Where]);
        Assert.True(await last.ExitAsync() == 0, last.Output);
        AssertWhole(folder.Summary);
    }

    [Fact]
    public async Task Resume_AfterCtrlCAndWithItsTrainerKilled_Completes()
    {
        string hint;
        await using (var loop = RlhfProcess.Start(folder, folder.Small("run")))
        {
            await loop.SaysAsync("rankings     [#");
            loop.Terminate();
            Assert.Equal(130, await loop.ExitAsync());
            hint = loop.Hint;
        }

        await using var again = RlhfProcess.Type(folder, hint);
        await again.SaysAsync("policy (PPO) [");
        KillTrainer();
        Assert.True(await again.ExitAsync() == 0, again.Output);
        AssertWhole(folder.Summary);
    }

    private async Task KillAsync(string[] arguments, string when)
    {
        await using var loop = RlhfProcess.Start(folder, arguments);
        await loop.SaysAsync(when);
        await loop.KillAsync();
    }

    private void KillTrainer()
    {
        var record = JobRecord.Read(Path.Combine(folder.Data, "jobs"), RunId.From("support-1-run1"));
        using var trainer = record?.Process.Find();
        Assert.NotNull(trainer);
        trainer.Kill();
        trainer.WaitForExit();
    }

    private static void AssertWhole(JsonObject summary)
    {
        Assert.Equal(120, summary["prompts"]!.GetValue<int>());
        // Overlap 1: each comparison has one ranking, so one that was lost or asked twice would show.
        Assert.Equal(summary["answers"]!.GetValue<int>() / 2, summary["rankings"]!.GetValue<int>());
        Assert.Equal(120, (summary["answers"]!.GetValue<int>() / 2) + summary["dropped"]!.GetValue<int>());
        Assert.NotNull(summary["winRate"]);
    }
}
