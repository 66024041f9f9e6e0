using Rlhf.Contracts;
using Rlhf.Contracts.Tools;
using Rlhf.Contracts.Orchestrations;
using Rlhf.Local.Tests.Children;
using Rlhf.Orchestrations;

namespace Rlhf.Local.Tests.Durable;

/// <summary>A real process that runs orchestrations is killed, again and again; the next one goes on, and comes to the same end.</summary>
public sealed class KilledEngineTests : IDisposable
{
    private const int Generations = 12;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Engine_KilledOverAndOver_ComesToTheSameEnd(int seed)
    {
        var (random, trace, kills) = (new Random(seed), new Trace(folder.File("trace")), 0);
        while (true)
        {
            using var child = new ChildProcess("marathon", folder.File("durable.db"), trace.File, $"{Generations}");
            // Somewhere in the next few steps, or before the first.
            var until = trace.Lines.Count + random.Next(12);
            await Eventually.TrueAsync(() => child.HasExited || trace.Lines.Count >= until, $"{until} steps");
            if (child.HasExited && child.Lines.Contains("ended")) break;
            Assert.False(child.HasExited, "The child ended by itself: " + string.Join('\n', child.Lines));
            await child.KillAsync();
            kills++;
        }

        Assert.True(kills >= 4, $"It was killed {kills} times only.");
        using var host = new EngineHost(folder.File("durable.db"), ContractSteps.Registry());
        var ended = await host.Client.GetAsync("marathon");
        Assert.Equal(new Marathon.Output(Generations, Generations * 42), Payloads.Read<Marathon.Output>(ended!.Output));
        Assert.Equal(Generations * (Marathon.Width + 1), trace.Lines.Distinct().Count());
        // At least once, and again only what was under way when it was killed.
        Assert.InRange(trace.Lines.Count, Generations * (Marathon.Width + 1), Generations * (Marathon.Width + 1) + kills * (Marathon.Width + 1));
    }

    [ToolFact]
    [Needs(Tool.SmallDisk)]
    public async Task Engine_DiskIsFullForAWhile_GoesOnOnceThereIsRoom()
    {
        var said = await SmallDisk.RunAsync("full-engine", "rw", megabytes: 6);
        Assert.Equal(["failed", $$"""Completed {"generations":30,"sum":{{30 * 42}}} {{30 * (Marathon.Width + 1)}}"""], said);
    }
}
