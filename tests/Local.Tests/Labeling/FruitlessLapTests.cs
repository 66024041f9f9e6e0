using Microsoft.Extensions.Time.Testing;
using Rlhf.Labeling.Serving;
using Rlhf.Local.Tests.Web;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.Labeling;

/// <summary>Who asks while all is with others is told so from what somebody has just seen, and never longer than it is true.</summary>
public sealed class FruitlessLapTests
{
    private readonly FakeTimeProvider time = new(new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
    private readonly CountingTables counter = new();

    [Fact]
    public async Task Next_AllWithOthers_IsLookedAtOnceASecond()
    {
        await using var host = await StartAsync(held: 2);
        Assert.True(await RowsReadAsync(host) > 0);
        Assert.Equal(0, await RowsReadAsync(host));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await RowsReadAsync(host) > 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Next_GivenBackOrAddedMeanwhile_IsServedAtOnce(bool isAdded)
    {
        await using var host = await StartAsync(held: 1);
        var holder = await host.InviteAsync();
        var task = (await holder.NextAsync()).Task!;
        await RowsReadAsync(host);
        if (isAdded) await host.PublishAsync(count: 1, batch: 2);
        else (await holder.PostAsync($"tasks/{task.Comparison}/release", new { })).EnsureSuccessStatusCode();
        Assert.Equal(NextStatus.Task, (await (await host.InviteAsync()).NextAsync()).Status);
    }

    [Fact]
    public async Task Next_SkippedByItsHolder_IsServedToAnotherAndNotToTheHolderAgain()
    {
        await using var host = await StartAsync(held: 1);
        var holder = await host.InviteAsync();
        var task = (await holder.NextAsync()).Task!;
        await RowsReadAsync(host);
        await holder.RankAsync(task.Comparison, new(Rlhf.Labeling.RankingOutcome.Skip));
        Assert.NotEqual(NextStatus.Task, (await holder.NextAsync()).Status);
        Assert.Equal(task.Comparison, (await (await host.InviteAsync()).NextAsync()).Task!.Comparison);
    }

    /// <summary>Two comparisons, of which <paramref name="held"/> are on somebody's screen.</summary>
    private async Task<WebHost> StartAsync(int held)
    {
        var host = await WebHost.StartAsync(counter.Decorate, time);
        await host.PublishAsync(count: 2);
        for (var i = 0; i < held; i++) await (await host.InviteAsync()).NextAsync();
        return host;
    }

    /// <summary>Open rows that a newcomer's fruitless asking reads.</summary>
    private async Task<int> RowsReadAsync(WebHost host)
    {
        var newcomer = await host.InviteAsync();
        counter.Reset();
        Assert.Equal(NextStatus.Wait, (await newcomer.NextAsync()).Status);
        return counter.RowsOf(OpenStore.Table);
    }
}
