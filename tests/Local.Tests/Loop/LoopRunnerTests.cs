using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Labeling.Invites;
using Rlhf.Local.Checks;
using Rlhf.Local.Hosting;
using Rlhf.Local.Loop;
using Rlhf.Local.Tests.Web;
using Rlhf.Orchestrations;
using Rlhf.Storage;

namespace Rlhf.Local.Tests.Loop;

public sealed class LoopRunnerTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly HookedTables tables = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Prepare_OrchestrationEndedMeanwhile_StartsItAgain()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var host = await StartAsync(cancellation);
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
        await using var host = await StartAsync(ending.Token);
        var record = new LoopRecord(
            CampaignId.From("kettles-1"), LoopMode.Serve, folder.Write("kettles.jsonl", "{\"prompt\": \"My kettle is on fire.\"}"), true, new(Annotators: 0), DateTimeOffset.UtcNow);
        host.Get<LoopRecords>().Write(record);
        await using var text = new StringWriter();
        await using var output = TextWriter.Synchronized(text);
        var runner = new LoopRunner(host, new(output, IsTerminal: false));
        await runner.PrepareAsync(record, ending.Token);
        var completing = runner.CompleteAsync(record, ending.Token);
        await Eventually.TrueAsync(() => Said(output, text, completing, "Rank some yourself"));

        await host.Get<CampaignService>().PauseAsync(record.Campaign, "Lunch.", ending.Token);
        await Eventually.TrueAsync(() => Said(output, text, completing, "kettles-1 is paused: Lunch."));
        Assert.False(completing.IsCompleted);
        await host.Get<CampaignService>().ResumeAsync(record.Campaign, ending.Token);
        await Eventually.TrueAsync(() => Said(output, text, completing, "kettles-1 goes on."));

        Assert.False(completing.IsCompleted);
        await host.Get<CampaignService>().CancelAsync(record.Campaign, "No longer needed.", ending.Token);
        var ended = await Assert.ThrowsAsync<RlhfException>(() => completing);
        Assert.Equal(("campaign-cancelled", true), (ended.Code, host.Get<LoopRecords>().Find(record.Campaign)!.Finished));
    }

    [Fact]
    public async Task Complete_StorageFailsWhileSimulatedAnnotatorsAreInvited_TriesAgain()
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var failures = 0;
        tables.Before = (table, operations) =>
        {
            if (failures == 2 || !IsInvite(table, operations, "simulated-2")) return Task.CompletedTask;
            failures++;
            throw new RlhfException("storage-unreachable", "Storage can't be reached (injected).", "Try again.", 503) { IsTransient = true };
        };
        await using var host = await StartAsync(ending.Token);
        await using var text = new StringWriter();
        await using var output = TextWriter.Synchronized(text);

        var completing = await BeginAsync(host, output, ending.Token);

        await Eventually.TrueAsync(() => Said(output, text, completing, "4 simulated annotators rank now"));
        Assert.Equal(2, failures);
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => completing);
    }

    [Fact]
    public async Task Complete_SimulatedAnnotatorsCantBeInvited_EndsWithTheReason()
    {
        tables.Before = (table, operations) => IsInvite(table, operations, "simulated-1")
            ? throw new RlhfException("storage-refused", "The disk is broken (injected).", "Use another one.")
            : Task.CompletedTask;
        await using var host = await StartAsync(TestContext.Current.CancellationToken);

        var completing = await BeginAsync(host, TextWriter.Null, TestContext.Current.CancellationToken);

        Assert.Equal("storage-refused", (await Assert.ThrowsAsync<RlhfException>(() => completing.WaitAsync(TimeSpan.FromMinutes(1)))).Code);
    }

    private Task<LocalHost> StartAsync(CancellationToken cancellation) =>
        LocalHost.StartAsync(DataFolder.Open(folder.Data), new(folder.Data, Port: 0), _ => { }, cancellation, tables.Decorate);

    private static async Task<Task<LoopState>> BeginAsync(LocalHost host, TextWriter output, CancellationToken cancellation)
    {
        var record = new LoopRecord(CampaignId.From("support-1"), LoopMode.Run, ShippedModel.SamplePrompts, true, new(Prompts: 2), DateTimeOffset.UtcNow);
        host.Get<LoopRecords>().Write(record);
        var runner = new LoopRunner(host, new(output, IsTerminal: false));
        await runner.PrepareAsync(record, cancellation);
        return runner.CompleteAsync(record, cancellation);
    }

    private static bool IsInvite(string table, IReadOnlyList<TableOperation> operations, string annotator) =>
        table == InviteService.Table && operations[0].Row.StartsWith(annotator, StringComparison.Ordinal);

    private static bool Said(TextWriter output, StringWriter text, Task completing, string line)
    {
        Assert.False(completing.IsFaulted, completing.Exception?.ToString());
        lock (output) return text.ToString().Contains(line, StringComparison.Ordinal);
    }
}
