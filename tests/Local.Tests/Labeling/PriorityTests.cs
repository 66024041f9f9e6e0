using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Labeling.Serving;
using Rlhf.Local.Tests.Web;

namespace Rlhf.Local.Tests.Labeling;

public sealed class PriorityTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(1000)]
    public async Task Publish_PriorityOutOfBounds_IsRefused(int priority)
    {
        await using var host = await WebHost.StartAsync();
        var error = await Assert.ThrowsAsync<RlhfException>(() => host.PublishAsync(count: 1, change: c => c with { Priority = priority }));
        Assert.Equal("invalid-batch", error.Code);
        Assert.Contains(priority.ToString(System.Globalization.CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Close_RowsOfManyPriorities_LeavesNone()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 150, change: c => c with { Priority = Convert.ToInt32(c.Id.Value[..2], 16) });
        await host.PublishAsync(count: 5, batch: 2);
        await host.Get<ComparisonStore>().CloseBatchAsync(WebHost.Campaign, published[0].Batch, new(1, SharingSettings.None, 1, 1));
        var left = new List<StoredOpenRow>();
        for (var shard = 0; shard < OpenStore.Shards; shard++)
            left.AddRange(await host.Get<OpenStore>().ReadAsync(WebHost.Campaign, shard, "", null, 1_000, CancellationToken.None).ToListAsync());
        Assert.Equal(5, left.Count);
        Assert.All(left, r => Assert.NotEqual(published[0].Batch, r.Row.Batch));
    }
}
