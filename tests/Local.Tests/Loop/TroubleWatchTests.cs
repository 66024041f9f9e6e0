using Microsoft.Extensions.Time.Testing;
using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Contracts.Storage;
using Rlhf.Generation;
using Rlhf.Local.Loop;
using Rlhf.Local.Storage;
using Rlhf.Storage;

namespace Rlhf.Local.Tests.Loop;

public sealed class TroubleWatchTests : IDisposable
{
    private static readonly CampaignId Id = CampaignId.From("kettles-1");
    private readonly TestFolder folder = new();
    private readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);
    private readonly SqliteTableStore tables;
    private readonly StringWriter output = new();

    public TroubleWatchTests() => tables = new(Path.Combine(folder.Root, "tables.db"));

    public void Dispose()
    {
        tables.Dispose();
        output.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Run_StorageFails_IsSaidOnceAfterAWhileAndOnceMoreWhenItIsBack()
    {
        var health = new StorageHealth(time);
        var faults = new Faults(every: 1) { On = false };
        var campaigns = new CampaignStore(new WatchedTableStore(new FailingTableStore(tables, faults), health), TimeProvider.System);
        await campaigns.CreateAsync(new(new() { Id = Id, Title = "Kettles", Generators = [new("base", GeneratorKind.Onnx, "file:none")] }, CampaignState.Active, time.GetUtcNow()), TestContext.Current.CancellationToken);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var watching = new TroubleWatch(campaigns, health, Id, "the page", time).RunAsync(Say, ending.Token);

        faults.On = true;
        await AdvanceUntilAsync("Storage has failed since");
        await AdvanceAsync(TimeSpan.FromMinutes(10));
        faults.On = false;
        await AdvanceUntilAsync("kettles-1 goes on.");

        await ending.CancelAsync();
        await watching;
        var lines = Lines();
        Assert.Equal(2, lines.Length);
        Assert.Contains("can't be reached for 'campaigns/campaigns/kettles-1'", lines[0], StringComparison.Ordinal);
    }

    private void Say(string line)
    {
        lock (output) output.WriteLine(line);
    }

    private string[] Lines()
    {
        lock (output) return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private Task AdvanceUntilAsync(string said) => Eventually.TrueAsync(() =>
    {
        time.Advance(TimeSpan.FromSeconds(1));
        return Lines().Any(line => line.Contains(said, StringComparison.Ordinal));
    });

    private async Task AdvanceAsync(TimeSpan by)
    {
        var until = time.GetUtcNow() + by;
        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(20));
            return time.GetUtcNow() >= until;
        });
    }
}
