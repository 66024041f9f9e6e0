using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Labeling.Serving;
using Rlhf.Local.Tests.Orchestrations;
using Rlhf.Local.Tests.Web;
using Rlhf.Storage;
using Rlhf.Web.Contracts;

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
        var left = await RowsAsync(host);
        Assert.Equal(5, left.Count);
        Assert.All(left, r => Assert.NotEqual(published[0].Batch, r.Row.Batch));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Next_ByPriority_ServesTheMostWantedFirst(int annotators)
    {
        await using var host = await WebHost.StartAsync();
        var levels = new Dictionary<ComparisonId, int>();
        await host.PublishAsync(count: 200, change: c => c with { Priority = levels[c.Id] = levels.Count / 10 });
        await OrderAsync(host);
        var people = await Task.WhenAll(Enumerable.Range(0, annotators).Select(_ => host.InviteAsync()));
        var first = new List<int>();
        for (var i = 0; i < 50; i++) first.Add(levels[(await RankNextAsync(people[i % annotators]))!.Value]);
        // Each of the four shards has its own random quarter, so that the order is that of a quarter.
        Assert.InRange(first.Count(level => level < 6), 40, 50);
        Assert.InRange(first.Take(8).Max(), 0, 4);
    }

    [Fact]
    public async Task Reprioritize_DuringALease_KeepsTheTaskWithItsAnnotatorAndCountsTheRanking()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 20);
        var (first, second) = (await host.InviteAsync(), await host.InviteAsync());
        var held = (await first.NextAsync()).Task!;
        await ReprioritizeAsync(host, published.ToDictionary(c => c.Id, c => c.Id == held.Comparison ? 0 : 700));
        var others = new List<ComparisonId>();
        while (await RankNextAsync(second) is { } ranked) others.Add(ranked);
        Assert.Equal(published.Select(c => c.Id.Value).Except([held.Comparison.Value]).Order(), others.Select(c => c.Value).Order());
        Assert.Equal(held.Comparison, (await first.NextAsync()).Task!.Comparison);
        Assert.False((await first.RankAsync(held)).Extra);
        Assert.Equal(NextStatus.Done, (await first.NextAsync()).Status);
        Assert.True(BatchProgress.Of(published, await host.Get<RankingStore>().ReadBatchAsync(published[0].Batch)).IsDone);
    }

    [Fact]
    public async Task Reprioritize_LeaseRunsOutAfterwards_TheTaskReturnsByItsNewPriority()
    {
        var time = new FakeTimeProvider(new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
        await using var host = await WebHost.StartAsync(time: time);
        var published = await host.PublishAsync(count: 20);
        var (first, second) = (await host.InviteAsync(), await host.InviteAsync());
        var held = (await first.NextAsync()).Task!;
        await ReprioritizeAsync(host, published.ToDictionary(c => c.Id, c => c.Id == held.Comparison ? 0 : 700));
        await OrderAsync(host);
        time.Advance(held.LeaseUntil - time.GetUtcNow() + TimeSpan.FromMinutes(1));
        // One of the four shards holds it, and the next call begins in the next shard.
        var served = new List<ComparisonId>();
        for (var i = 0; i < OpenKeys.Shards; i++) served.Add((await RankNextAsync(second))!.Value);
        Assert.Contains(held.Comparison, served);
        Assert.True((await first.RankAsync(held)).Extra);
    }

    [Fact]
    public async Task Reprioritize_WhileEightRank_EachIsAskedOfTwoAndNobodyTwice()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 60, overlap: 2);
        var served = new ConcurrentBag<(AnnotatorId, ComparisonId Comparison)>();
        using var over = new CancellationTokenSource();
        var random = new Random(7);
        var moving = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested) await ReprioritizeAsync(host, published.ToDictionary(c => c.Id, _ => random.Next(10)));
        });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            var annotator = await host.InviteAsync();
            for (var answer = await annotator.NextAsync(); answer.Status != NextStatus.Done; answer = await annotator.NextAsync())
            {
                if (answer.Task is not { } task) continue;
                served.Add((annotator.Invite.Annotator, task.Comparison));
                Assert.False((await annotator.RankAsync(task)).Extra);
            }
        })));
        await over.CancelAsync();
        await moving;
        Assert.Equal(served.Count, served.Distinct().Count());
        Assert.All(published, c => Assert.Equal(2, served.Count(s => s.Comparison == c.Id)));
    }

    [Fact]
    public async Task Reprioritize_ThereAndBack_ClosingLeavesNothing()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 150);
        foreach (var priority in new[] { 3, 900, Comparison.OrdinaryPriority, 7 })
            await ReprioritizeAsync(host, published.Take(120).ToDictionary(c => c.Id, _ => priority));
        Assert.Equal(120, (await RowsAsync(host)).Count(r => r.Priority == 7));
        await host.Get<ComparisonStore>().CloseBatchAsync(WebHost.Campaign, published[0].Batch, new(1, SharingSettings.None, 1, 1));
        for (var shard = 0; shard < OpenKeys.Shards; shard++)
            Assert.Empty(await host.Get<ITableStore>().QueryAsync(OpenStore.Table, OpenKeys.PartitionOf(WebHost.Campaign, shard)).ToListAsync());
    }

    [Fact]
    public async Task Close_RowIsMovedOnceMoreMeanwhile_LeavesNothing()
    {
        var tables = new HookedTables();
        await using var host = await WebHost.StartAsync(tables.Decorate);
        var published = await host.PublishAsync(count: 20);
        await ReprioritizeAsync(host, published.ToDictionary(c => c.Id, _ => 3));
        var rows = await RowsAsync(host);
        var moved = 0;
        tables.Before = async (table, operations) =>
        {
            if (table != OpenStore.Table || moved > 0 || rows.Find(r => operations.Any(o => o.Kind == TableOperationKind.Delete && o.Row == r.Key)) is not { } going) return;
            moved++;
            await host.Get<OpenStore>().ReprioritizeAsync(WebHost.Campaign, [(going, 8)], TestContext.Current.CancellationToken);
        };
        await host.Get<ComparisonStore>().CloseBatchAsync(WebHost.Campaign, published[0].Batch, new(1, SharingSettings.None, 1, 1));
        Assert.Equal(1, moved);
        Assert.Empty(await RowsAsync(host));
    }

    [Fact]
    public async Task Publish_AgainAfterSomeMoved_OpensNoneTwice()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 40);
        await ReprioritizeAsync(host, published.Take(25).ToDictionary(c => c.Id, _ => 1));
        await host.Get<ComparisonStore>().PublishAsync(WebHost.Campaign, published[0].Batch, published);
        Assert.Equal(published.Select(c => c.Id.Value).Order(), (await RowsAsync(host)).Select(r => r.Row.Comparison.Value).Order());
    }

    [Fact]
    public async Task Amend_AfterItsRowMoved_ChangesTheSameRow()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 2, overlap: 2);
        var (first, second) = (await host.InviteAsync(), await host.InviteAsync());
        var task = (await first.NextAsync()).Task!;
        await first.RankAsync(task);
        await ReprioritizeAsync(host, published.ToDictionary(c => c.Id, _ => 9));
        await first.RankAsync(task.Comparison, new(RankingOutcome.Skip, []) { Amends = 1 });
        Assert.Equal(2, (await RowsAsync(host)).Count);
        Assert.Equal([task.Comparison], (await RowsAsync(host)).Where(r => r.Row.Skipped.Contains(first.Invite.Annotator)).Select(r => r.Row.Comparison));
        for (var i = 0; i < 2; i++) Assert.NotNull(await RankNextAsync(second));
    }

    [Fact]
    public async Task Reprioritize_StorageFailsAgainAndAgain_NoRowIsLostOrDoubled()
    {
        FaultyTables? tables = null;
        await using var host = await WebHost.StartAsync(services => tables = FaultyServingTests.Decorate(services));
        var published = await host.PublishAsync(count: 150);
        tables!.Faults.Every = 5;
        for (var i = 0; i < 20; i++)
        {
            var wanted = published.ToDictionary(c => c.Id, c => (i + c.Id.Value[0]) % 10);
            await Record.ExceptionAsync(() => ReprioritizeAsync(host, wanted));
        }
        tables.Faults.Every = 0;
        Assert.True(tables.Faults.Injected > 10);
        Assert.Equal(published.Select(c => c.Id.Value).Order(), (await RowsAsync(host)).Select(r => r.Row.Comparison.Value).Order());
        foreach (var comparison in published) Assert.NotNull(await host.Get<OpenStore>().FindAsync(WebHost.Campaign, comparison, default));
    }

    [Fact]
    public async Task Reprioritize_OutOfBounds_IsRefusedAndNothingMoves()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 2);
        var error = await Assert.ThrowsAsync<RlhfException>(() => ReprioritizeAsync(host, new() { [published[0].Id] = 1, [published[1].Id] = 1000 }));
        Assert.Equal("invalid-priority", error.Code);
        Assert.All(await RowsAsync(host), r => Assert.Equal(Comparison.OrdinaryPriority, r.Priority));
    }

    private static Task ReprioritizeAsync(WebHost host, Dictionary<ComparisonId, int> priorities) =>
        host.Get<ComparisonStore>().ReprioritizeAsync(WebHost.Campaign, priorities);

    private static Task<Campaign> OrderAsync(WebHost host) => host.Get<CampaignStore>().UpdateAsync(WebHost.Campaign, c => c with { OrderedAt = DateTimeOffset.UnixEpoch });

    private static async Task<List<StoredOpenRow>> RowsAsync(WebHost host)
    {
        var rows = new List<StoredOpenRow>();
        await foreach (var page in host.Get<OpenStore>().ReadPagesAsync(WebHost.Campaign, CancellationToken.None)) rows.AddRange(page);
        return rows;
    }

    private static async Task<ComparisonId?> RankNextAsync(WebHost.Annotator annotator)
    {
        if ((await annotator.NextAsync()).Task is not { } task) return null;
        await annotator.RankAsync(task);
        return task.Comparison;
    }
}
