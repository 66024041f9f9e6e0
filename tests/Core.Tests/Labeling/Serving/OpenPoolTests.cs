using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Rlhf.Labeling;
using Rlhf.Labeling.Serving;

namespace Rlhf.Core.Tests.Labeling.Serving;

public sealed class OpenPoolTests
{
    private const int Shard = 2;
    private static readonly CampaignId Campaign = CampaignId.From("support");
    private static readonly BatchId Batch = BatchId.For(Campaign, 1, 1);

    private readonly FakeTimeProvider time = new();
    private readonly OpenPool pool;

    public OpenPoolTests() => pool = new(time);

    [Fact]
    public void Fill_RowThatSomebodyIsClaiming_IsNotOfferedAgain()
    {
        List<StoredOpenRow> page = [Row("c1"), Row("c2")];
        Fill(page);
        var claiming = Take();

        Fill(page);

        Assert.Equal(page.Single(r => r != claiming), Take());
        Assert.Null(Take());
    }

    [Fact]
    public void Fill_RowChangedSinceItWasTaken_IsOffered()
    {
        Fill([Row("c1")]);
        Assert.NotNull(Take());

        var freed = Row("c1", eTag: "later");
        Fill([freed]);

        Assert.Equal(freed, Take());
    }

    [Fact]
    public void Fill_AnotherPage_TakesThePlaceOfTheFirst()
    {
        Fill([Row("c1")]);
        Fill([Row("c2")]);

        Assert.Equal("c2", Take()!.Row.Comparison.Value);
        Assert.Null(Take());
    }

    [Fact]
    public void Take_WhatIsWantedMost_ComesFirst()
    {
        Fill([Row("c1", priority: 700), Row("c2", priority: 20), Row("c3")]);

        Assert.Equal(["c2", "c3", "c1"], Enumerable.Range(0, 3).Select(_ => Take()!.Row.Comparison.Value));
    }

    [Fact]
    public void Take_RowsOutOfReachOrNotFree_AreLeft()
    {
        StoredOpenRow[] rows = [Row("c1"), Row("c2"), Row("c3"), Row("c4")];
        Fill(rows);

        Assert.Equal(rows[2], pool.Take(Campaign, Shard, after: rows[0].Key, upTo: rows[2].Key, r => r != rows[1]));
        Assert.Null(pool.Take(Campaign, Shard, after: rows[0].Key, upTo: rows[2].Key, r => r != rows[1]));
        Assert.Null(pool.Take(Campaign, Shard + 1, "", null, _ => true));
        Assert.Equal(3, Enumerable.Range(0, 4).Count(_ => Take() is not null));
    }

    [Fact]
    public void Take_RowsReadAWhileAgo_AreNotTrusted()
    {
        Fill([Row("c1")]);
        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Null(Take());
    }

    [Fact]
    public async Task Take_SixteenAtOnce_EachRowGoesToOne()
    {
        Fill([.. Enumerable.Range(0, 400).Select(i => Row($"c{i:D3}"))]);
        var taken = new ConcurrentBag<StoredOpenRow>();

        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() =>
        {
            while (Take() is { } row) taken.Add(row);
        })));

        Assert.Equal(taken.Count, taken.Distinct().Count());
        Assert.Equal(400, taken.Count);
    }

    private void Fill(IEnumerable<StoredOpenRow> rows) => pool.Fill(Campaign, Shard, rows);

    private StoredOpenRow? Take() => pool.Take(Campaign, Shard, "", null, _ => true);

    private static StoredOpenRow Row(string comparison, int priority = Comparison.OrdinaryPriority, string eTag = "1") =>
        new(new(Batch, new(comparison), 1, [], [], []), OpenKeys.RowOf(priority, Batch, new(comparison)), eTag);
}
