using Rlhf.Campaigns;
using Rlhf.Contracts;
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

    [Fact]
    public async Task Complete_PausedOnThePage_SaysSoWaitsAndGoesOn()
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var host = await LocalHost.StartAsync(DataFolder.Open(folder.Data), new(folder.Data, Port: 0), _ => { }, ending.Token);
        var record = new LoopRecord(
            CampaignId.From("kettles-1"), LoopMode.Serve, folder.Write("kettles.jsonl", "{\"prompt\": \"My kettle is on fire.\"}"), false, new(), DateTimeOffset.UtcNow);
        host.Get<LoopRecords>().Write(record);
        await using var text = new StringWriter();
        await using var output = TextWriter.Synchronized(text);
        var runner = new LoopRunner(host, new(output, IsTerminal: false));
        await runner.PrepareAsync(record, ending.Token);
        var completing = runner.CompleteAsync(record, ending.Token);
        await Eventually.TrueAsync(() => Said("Rank some yourself"));

        await host.Get<CampaignService>().PauseAsync(record.Campaign, "Lunch.", ending.Token);
        await Eventually.TrueAsync(() => Said("kettles-1 is paused: Lunch."));
        Assert.False(completing.IsCompleted);
        await host.Get<CampaignService>().ResumeAsync(record.Campaign, ending.Token);
        await Eventually.TrueAsync(() => Said("kettles-1 goes on."));

        Assert.False(completing.IsCompleted);
        await host.Get<CampaignService>().CancelAsync(record.Campaign, "No longer needed.", ending.Token);
        var ended = await Assert.ThrowsAsync<RlhfException>(() => completing);
        Assert.Equal(("campaign-cancelled", true), (ended.Code, host.Get<LoopRecords>().Find(record.Campaign)!.Finished));

        bool Said(string line)
        {
            Assert.False(completing.IsFaulted, completing.Exception?.ToString());
            lock (output) return text.ToString().Contains(line, StringComparison.Ordinal);
        }
    }
}
