using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Labeling.Invites;
using Rlhf.Labeling.Serving;
using Rlhf.Local.Tests.Web;
using Rlhf.Orchestrations;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.Labeling;

public sealed class ServingTests
{
    private static readonly DateTimeOffset Morning = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Next_SixteenAnnotatorsContending_NobodyGetsATaskTwiceAndOverlapIsMetExactly()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 60, overlap: 3);
        var served = new ConcurrentBag<(AnnotatorId Annotator, ComparisonId Comparison)>();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => RankAllAsync(host, served))));
        Assert.Equal(served.Count, served.Distinct().Count());
        Assert.All(published, c => Assert.Equal(3, served.Count(s => s.Comparison == c.Id)));
        var rankings = await host.Get<RankingStore>().ReadBatchAsync(published[0].Batch);
        Assert.Equal(180, rankings.Count);
        Assert.All(rankings, r => Assert.False(r.Extra));
        Assert.True(BatchProgress.Of(published, rankings).IsDone);
    }

    [Fact]
    public async Task Next_SixteenAnnotatorsOverlapOne_EachTaskGoesToOneOfThem()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 150);
        var served = new ConcurrentBag<(AnnotatorId Annotator, ComparisonId Comparison)>();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => RankAllAsync(host, served))));
        Assert.Equal(published.Select(c => c.Id.Value).Order(), served.Select(s => s.Comparison.Value).Order());
    }

    [Fact]
    public async Task LowerOverlap_ByItsOwner_LeavesAsManyPlacesAsAreStillAskedFor()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 3, overlap: 3);
        var (first, second, third) = (await host.InviteAsync(), await host.InviteAsync(), await host.InviteAsync());
        for (var i = 0; i < 3; i++) await first.RankAsync((await first.NextAsync()).Task!);
        using var owner = host.Owner();
        using var body = new StringContent("""{"overlap":2}""", System.Text.Encoding.UTF8, "application/json");

        Assert.Equal(2, (await WebHost.ReadAsync<CampaignView>(await owner.PostAsync("/api/campaigns/support/overlap", body))).Overlap);

        for (var i = 0; i < 3; i++) Assert.False((await second.RankAsync((await second.NextAsync()).Task!)).Extra);
        var over = await third.NextAsync();
        Assert.Equal((NextStatus.Done, 3, 3), (over.Status, over.Progress.Done, over.Progress.Total));
    }

    [Fact]
    public async Task Next_TaskPublishedAfterTheLastCount_IsCounted()
    {
        await using var host = await WebHost.StartAsync(time: new FakeTimeProvider(Morning));
        await host.PublishAsync(count: 0);
        var annotator = await host.InviteAsync();
        Assert.Equal(0, (await annotator.NextAsync()).Progress.Total);

        await host.PublishAsync(count: 3, batch: 2);
        var next = await annotator.NextAsync();

        Assert.Equal((NextStatus.Task, 3), (next.Status, next.Progress.Total));
    }

    [Fact]
    public async Task Progress_OfBatchesThatEnded_ReadsNoneOfTheirRankings()
    {
        var tables = new CountingTables();
        await using var host = await WebHost.StartAsync(tables.Decorate);
        var batch = (await host.PublishAsync(count: 6, overlap: 2))[0].Batch;
        foreach (var annotator in new[] { await host.InviteAsync(), await host.InviteAsync() })
            for (var i = 0; i < 6; i++) await annotator.RankAsync((await annotator.NextAsync()).Task!.Comparison, i == 0 ? new(RankingOutcome.BothBad) : new(RankingOutcome.Ranked, [["1"], ["2"]]));
        var before = await host.Get<CampaignService>().GetProgressAsync(WebHost.Campaign);
        await host.Create<EndBatch>().RunAsync(new(WebHost.Campaign, batch, BatchEnd.Complete), CancellationToken.None);

        tables.Reset();
        var after = await host.Get<CampaignService>().GetProgressAsync(WebHost.Campaign);

        Assert.Equal(0, tables.RowsOf(RankingStore.Table));
        Assert.NotNull(after.Alpha);
        Assert.Equal((before.Alpha, before.Agreement, before.Pairs, before.Complete), (after.Alpha, after.Agreement, after.Pairs, after.Complete));
    }

    [Fact]
    public async Task Next_LeaseRunning_SameTaskComesBackAndAnotherOnlyWhenHolding()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 5);
        var annotator = await host.InviteAsync();
        var first = (await annotator.NextAsync()).Task!;
        Assert.Equal(first.Comparison, (await annotator.NextAsync()).Task!.Comparison);
        var ahead = (await annotator.NextAsync(first.Comparison)).Task!;
        Assert.NotEqual(first.Comparison, ahead.Comparison);
        Assert.Equal(ahead.Comparison, (await annotator.NextAsync(first.Comparison)).Task!.Comparison);
        using var third = await annotator.GetAsync($"next?holding={first.Comparison},{ahead.Comparison}");
        Assert.Equal(HttpStatusCode.Conflict, third.StatusCode);
    }

    [Fact]
    public async Task Next_LeaseOver_TaskGoesToAnotherAndTheLateRankingIsExtra()
    {
        var time = new FakeTimeProvider(Morning);
        await using var host = await WebHost.StartAsync(time: time);
        await host.PublishAsync(count: 1, lease: TimeSpan.FromMinutes(5));
        var (slow, quick) = (await host.InviteAsync(), await host.InviteAsync());
        var task = (await slow.NextAsync()).Task!;
        var waiting = await quick.NextAsync();
        Assert.Equal(NextStatus.Wait, waiting.Status);
        Assert.InRange(waiting.RetryAfterSeconds!.Value, 1, 30);
        time.Advance(TimeSpan.FromMinutes(6));
        var again = (await quick.NextAsync()).Task!;
        Assert.Equal(task.Comparison, again.Comparison);
        Assert.False((await quick.RankAsync(again)).Extra);
        var late = await slow.RankAsync(task);
        Assert.True(late.Extra);
        Assert.Equal(2, (await host.Get<RankingStore>().ReadBatchAsync(BatchId.For(WebHost.Campaign, 1, 1))).Count);
    }

    [Fact]
    public async Task Next_LeaseOverButRankedBeforeACrash_RankingCountsAndNobodyIsAskedAgain()
    {
        var time = new FakeTimeProvider(Morning);
        await using var host = await WebHost.StartAsync(time: time);
        var comparison = (await host.PublishAsync(count: 1, lease: TimeSpan.FromMinutes(5)))[0];
        var (first, second) = (await host.InviteAsync(), await host.InviteAsync());
        await first.NextAsync();
        // The host dies right after the ranking's row: the open row still holds the claim.
        await host.Get<RankingStore>().TryInsertAsync(new(comparison.Id, comparison.Batch, first.Invite.Annotator, AnnotatorKind.Person,
            RankingOutcome.BothBad, [], ["a", "b"], time.GetUtcNow()));
        time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(NextStatus.Done, (await second.NextAsync()).Status);
    }

    [Fact]
    public async Task Next_HostDiedBetweenClaimAndAnswer_TaskComesBackToItsAnnotatorLongBeforeTheLeaseEnds()
    {
        var time = new FakeTimeProvider(Morning);
        await using var host = await WebHost.StartAsync(time: time);
        var comparison = (await host.PublishAsync(count: 1, lease: TimeSpan.FromMinutes(5)))[0];
        var annotator = await host.InviteAsync();
        var cursor = AnnotatorState.New(annotator.Invite.Annotator).Cursor;
        await host.Get<OpenScan>().ClaimNextAsync(WebHost.Campaign, annotator.Invite.Annotator, AnnotatorKind.Person, cursor, time.GetUtcNow().AddMinutes(5), [],
            () => Task.FromResult<IReadOnlyCollection<Invite>>([]), TestContext.Current.CancellationToken);
        Assert.NotEqual(NextStatus.Task, (await annotator.NextAsync()).Status);
        time.Advance(OpenScan.LostAfter + TimeSpan.FromSeconds(1));
        Assert.Equal(comparison.Id, (await annotator.NextAsync()).Task!.Comparison);
    }

    [Fact]
    public async Task Next_ComparisonThatJudgesModels_IsLeftToPeople()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        var batch = BatchId.From("support-run1-test");
        var judging = SampleComparisons.Make(batch, 7, answers: 2, overlap: 1) with { Kind = ComparisonKind.Test };
        await host.Get<ComparisonStore>().PublishAsync(WebHost.Campaign, batch, [judging]);
        var simulated = await host.InviteAsync(kind: AnnotatorKind.Simulated);
        var ordinary = (await simulated.NextAsync()).Task!;
        Assert.NotEqual(judging.Id, ordinary.Comparison);
        await simulated.RankAsync(ordinary);

        Assert.Equal(NextStatus.Done, (await simulated.NextAsync()).Status);
        Assert.Equal(judging.Id, (await (await host.InviteAsync()).NextAsync()).Task!.Comparison);
    }

    [Fact]
    public async Task Release_HeldTask_GoesToTheNextAnnotatorAtOnce()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        var (first, second) = (await host.InviteAsync(), await host.InviteAsync());
        var task = (await first.NextAsync()).Task!;
        using var released = await first.PostAsync($"tasks/{task.Comparison}/release");
        Assert.Equal(HttpStatusCode.NoContent, released.StatusCode);
        Assert.Equal(task.Comparison, (await second.NextAsync()).Task!.Comparison);
    }

    [Fact]
    public async Task Release_RankedInAnotherWindowMeanwhile_KeepsItsPlace()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        var (first, second) = (await host.InviteAsync(), await host.InviteAsync());
        var task = (await first.NextAsync()).Task!;
        await first.RankAsync(task);
        using var released = await first.PostAsync($"tasks/{task.Comparison}/release");
        Assert.Equal(HttpStatusCode.NoContent, released.StatusCode);
        Assert.Null((await first.NextAsync()).Task);
        Assert.Null((await second.NextAsync()).Task);
    }

    [Fact]
    public async Task Next_EverybodyJudgedWhatIsLeft_SaysExhausted()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 2, overlap: 2);
        var only = await host.InviteAsync();
        for (var i = 0; i < 2; i++) await only.RankAsync((await only.NextAsync()).Task!);
        Assert.Equal(NextStatus.Exhausted, (await only.NextAsync()).Status);
        Assert.Equal(2, (await host.Get<CampaignService>().GetProgressAsync(WebHost.Campaign)).Exhausted);
        var newcomer = await host.InviteAsync();
        Assert.Equal(NextStatus.Done, (await only.NextAsync()).Status);
        Assert.Equal(NextStatus.Task, (await newcomer.NextAsync()).Status);
        Assert.Equal(0, (await host.Get<CampaignService>().GetProgressAsync(WebHost.Campaign)).Exhausted);
    }

    [Fact]
    public async Task Next_ThreeSkips_ComparisonClosesAndIsOfferedNoMore()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 1);
        for (var i = 0; i < 3; i++)
        {
            var annotator = await host.InviteAsync();
            await annotator.RankAsync((await annotator.NextAsync()).Task!.Comparison, new(RankingOutcome.Skip));
        }
        Assert.Equal(NextStatus.Done, (await (await host.InviteAsync()).NextAsync()).Status);
        var progress = BatchProgress.Of(published, await host.Get<RankingStore>().ReadBatchAsync(published[0].Batch));
        Assert.Equal(1, progress.ClosedBySkips);
        Assert.True(progress.IsDone);
    }

    [Theory]
    [InlineData(CampaignState.Paused, NextStatus.Paused)]
    [InlineData(CampaignState.Cancelled, NextStatus.Ended)]
    [InlineData(CampaignState.Completed, NextStatus.Ended)]
    public async Task Next_CampaignNotActive_SaysSo(CampaignState state, NextStatus expected)
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 3);
        var annotator = await host.InviteAsync();
        await host.Get<CampaignStore>().UpdateAsync(WebHost.Campaign, c => c with { State = state });
        var next = await annotator.NextAsync();
        Assert.Equal(expected, next.Status);
        Assert.Null(next.Task);
        Assert.NotEmpty(next.Reason!);
    }

    [Fact]
    public async Task Next_ManyRowsJudgedByOneself_CursorMovesOnAndComesRound()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 200, overlap: 2);
        var served = new ConcurrentBag<(AnnotatorId Annotator, ComparisonId Comparison)>();
        await RankAllAsync(host, served);
        Assert.Equal(200, served.Distinct().Count());
        await RankAllAsync(host, served);
        Assert.Equal(400, served.Distinct().Count());
        Assert.True(BatchProgress.Of(published, await host.Get<RankingStore>().ReadBatchAsync(published[0].Batch)).IsDone);
    }

    [Fact]
    public async Task Next_TwoAnnotatorsCompleteTwoHundredRows_EachIsServedOnceAndNoCallReadsMoreForIt()
    {
        var counter = new CountingTables();
        await using var host = await WebHost.StartAsync(counter.Decorate);
        var published = await host.PublishAsync(count: 200);
        var annotators = new[] { await host.InviteAsync(), await host.InviteAsync() };
        var served = new List<ComparisonId>();
        var most = 0;
        for (var i = 0; i < 200; i++)
        {
            counter.Reset();
            var task = (await annotators[i % 2].NextAsync()).Task!;
            most = Math.Max(most, counter.RowsOf(OpenStore.Table));
            served.Add(task.Comparison);
            await annotators[i % 2].RankAsync(task);
        }
        Assert.Equal(published.Select(c => c.Id.Value).Order(), served.Select(c => c.Value).Order());
        foreach (var annotator in annotators) Assert.Equal(NextStatus.Done, (await annotator.NextAsync()).Status);
        // All of the rows would be more than three pages; those that were completed lie between them and what is open.
        Assert.InRange(most, 1, 2 * OpenScan.PageSize);
    }

    [Fact]
    public async Task Next_OneHundredAndTenThousandOpen_ReadsTheSameNumberOfRows()
    {
        var few = await RowsReadAsync(100);
        var many = await RowsReadAsync(10_000);
        Assert.Equal(few, many);
    }

    private static async Task<int> RowsReadAsync(int open)
    {
        var counter = new CountingTables();
        await using var host = await WebHost.StartAsync(counter.Decorate);
        await host.PublishAsync(open);
        var annotator = await host.InviteAsync();
        await annotator.NextAsync();
        counter.Reset();
        var task = (await annotator.NextAsync()).Task!;
        await annotator.NextAsync(task.Comparison);
        return counter.RowsOf(OpenStore.Table);
    }

    /// <summary>A new annotator ranks until nothing is left, waiting while others hold the last ones.</summary>
    private static async Task RankAllAsync(WebHost host, ConcurrentBag<(AnnotatorId, ComparisonId)> served)
    {
        var annotator = await host.InviteAsync();
        while (true)
        {
            var next = await annotator.NextAsync();
            if (next.Status == NextStatus.Wait) continue;
            if (next.Task is not { } task) return;
            served.Add((annotator.Invite.Annotator, task.Comparison));
            await annotator.RankAsync(task);
        }
    }
}
