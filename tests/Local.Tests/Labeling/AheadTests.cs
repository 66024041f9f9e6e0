using Microsoft.Extensions.Time.Testing;
using Rlhf.Labeling.Serving;
using Rlhf.Local.Tests.Web;

namespace Rlhf.Local.Tests.Labeling;

/// <summary>A task fetched ahead is kept for its annotator; its lease begins when it is shown.</summary>
public sealed class AheadTests
{
    private static readonly DateTimeOffset Morning = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    private readonly FakeTimeProvider time = new(Morning);

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public async Task Ahead_ShownAfterAWhile_HasAWholeLeaseFromThenOn(int minutesOnTheFirst)
    {
        await using var host = await WebHost.StartAsync(time: time);
        await host.PublishAsync(count: 2, lease: Lease);
        var (annotator, other) = (await host.InviteAsync(), await host.InviteAsync());
        var first = (await annotator.NextAsync()).Task!;
        var ahead = (await annotator.NextAsync(first.Comparison)).Task!;
        time.Advance(TimeSpan.FromMinutes(minutesOnTheFirst));
        await annotator.RankAsync(first);
        Assert.Null((await annotator.NextAsync(ahead.Comparison)).Task);
        time.Advance(Lease - TimeSpan.FromSeconds(1));
        Assert.Null((await other.NextAsync()).Task);
        Assert.Equal(ahead.Comparison, (await annotator.NextAsync()).Task!.Comparison);
        time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(ahead.Comparison, (await other.NextAsync()).Task!.Comparison);
    }

    [Fact]
    public async Task Ahead_NeverShown_IsFreeSoonAfterTheLeaseOfTheOneShown()
    {
        await using var host = await WebHost.StartAsync(time: time);
        await host.PublishAsync(count: 2, lease: Lease);
        var (annotator, other) = (await host.InviteAsync(), await host.InviteAsync());
        var first = (await annotator.NextAsync()).Task!;
        await annotator.NextAsync(first.Comparison);
        time.Advance(Lease * 1.25);
        var one = (await other.NextAsync()).Task!;
        Assert.NotNull((await other.NextAsync(one.Comparison)).Task);
    }

    [Fact]
    public async Task Ahead_ReloadedBeforeItWasNamed_IsShownWithAWholeLease()
    {
        await using var host = await WebHost.StartAsync(time: time);
        await host.PublishAsync(count: 2, lease: Lease);
        var annotator = await host.InviteAsync();
        var first = (await annotator.NextAsync()).Task!;
        var ahead = (await annotator.NextAsync(first.Comparison)).Task!;
        await annotator.RankAsync(first);
        time.Advance(Lease * 0.5);
        var shown = (await annotator.NextAsync()).Task!;
        Assert.Equal((ahead.Comparison, time.GetUtcNow() + Lease), (shown.Comparison, shown.LeaseUntil));
    }

    [Fact]
    public async Task Ahead_ShownSoon_ChangesNoOpenRow()
    {
        await using var host = await WebHost.StartAsync(time: time);
        var published = await host.PublishAsync(count: 3, lease: Lease);
        var annotator = await host.InviteAsync();
        var first = (await annotator.NextAsync()).Task!;
        var ahead = (await annotator.NextAsync(first.Comparison)).Task!;
        await annotator.RankAsync(first);
        var row = published.First(c => c.Id == ahead.Comparison);
        var before = (await host.Get<OpenStore>().FindAsync(WebHost.Campaign, row, CancellationToken.None))!.ETag;
        time.Advance(TimeSpan.FromMinutes(1));
        await annotator.NextAsync(ahead.Comparison);
        Assert.Equal(before, (await host.Get<OpenStore>().FindAsync(WebHost.Campaign, row, CancellationToken.None))!.ETag);
    }
}
