using Rlhf.Local.Hosting;
using Rlhf.Local.Loop;
using Rlhf.Orchestrations;

namespace Rlhf.Local.Tests.Loop;

public sealed class LoopRunnerTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Prepare_OrchestrationEndedMeanwhile_StartsItAgain()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var host = await LocalHost.StartAsync(DataFolder.Open(folder.Data), new(folder.Data, Port: 0), _ => { }, cancellation);
        var record = new LoopRecord(
            CampaignId.From("kettles-1"), LoopMode.Serve, folder.Write("kettles.jsonl", "{\"prompt\": \"My kettle is on fire.\"}"), false, new(), DateTimeOffset.UtcNow);
        host.Get<LoopRecords>().Write(record);
        var runner = new LoopRunner(host, new(TextWriter.Null, IsTerminal: false));
        await runner.PrepareAsync(record, cancellation);
        var orchestrations = host.Get<IOrchestrationClient>();
        await orchestrations.TerminateAsync("kettles-1", "As after a failure.", cancellation);
        Assert.True((await orchestrations.GetAsync("kettles-1", cancellation))!.HasEnded);

        await runner.PrepareAsync(record with { Dropped = true }, cancellation);

        Assert.False((await orchestrations.GetAsync("kettles-1", cancellation))!.HasEnded);
    }
}
