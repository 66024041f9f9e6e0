using System.Net;
using Microsoft.Extensions.Time.Testing;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Labeling.Review;
using Rlhf.Local.Tests.Web;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.Labeling;

/// <summary>Whoever reads a task for longer than its lease keeps it; nobody else can renew it.</summary>
public sealed class LeaseTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    private readonly FakeTimeProvider time = new(new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Renew_ByItsHolder_KeepsItAndTheOneAheadForAWholeLease()
    {
        await using var host = await WebHost.StartAsync(time: time);
        await host.PublishAsync(count: 2, lease: Lease);
        var (holder, other) = (await host.InviteAsync(), await host.InviteAsync());
        var shown = (await holder.NextAsync()).Task!;
        var ahead = (await holder.NextAsync(shown.Comparison)).Task!;
        for (var i = 0; i < 3; i++)
        {
            time.Advance(Lease * 0.9);
            Assert.Equal(new LeaseResponse(true, Lease.TotalSeconds), await RenewAsync(holder, shown));
        }
        time.Advance(Lease * 0.9);
        Assert.Null((await other.NextAsync()).Task);
        await holder.RankAsync(shown);
        Assert.Equal(ahead.Comparison, (await holder.NextAsync()).Task!.Comparison);
    }

    [Fact]
    public async Task Renew_SomebodyElseHasItByNow_SaysSoAndTakesNothingAway()
    {
        await using var host = await WebHost.StartAsync(time: time);
        await host.PublishAsync(count: 1, lease: Lease);
        var (first, second) = (await host.InviteAsync(), await host.InviteAsync());
        var task = (await first.NextAsync()).Task!;
        time.Advance(Lease * 1.1);
        Assert.NotNull((await second.NextAsync()).Task);
        Assert.False((await RenewAsync(first, task)).Held);
        Assert.False((await second.RankAsync(task)).Extra);
        Assert.False((await RenewAsync(first, task)).Held);
        Assert.True((await first.RankAsync(task)).Extra);
    }

    [Fact]
    public async Task Renew_RanOutAndNobodyTookIt_IsKept()
    {
        await using var host = await WebHost.StartAsync(time: time);
        await host.PublishAsync(count: 1, lease: Lease);
        var (holder, other) = (await host.InviteAsync(), await host.InviteAsync());
        var task = (await holder.NextAsync()).Task!;
        time.Advance(Lease * 1.1);
        Assert.True((await RenewAsync(holder, task)).Held);
        Assert.Null((await other.NextAsync()).Task);
        Assert.False((await holder.RankAsync(task)).Extra);
    }

    [Fact]
    public async Task Renew_NeverServedReleasedOrRanked_HoldsNothing()
    {
        await using var host = await WebHost.StartAsync(time: time);
        await host.PublishAsync(count: 2, lease: Lease);
        var (holder, other) = (await host.InviteAsync(), await host.InviteAsync());
        var task = (await holder.NextAsync()).Task!;
        await RankingTests.AssertProblemAsync(await other.PostAsync($"tasks/{task.Comparison}/lease"), HttpStatusCode.Forbidden, "not-served");
        await holder.PostAsync($"tasks/{task.Comparison}/release");
        Assert.False((await RenewAsync(holder, task)).Held);
        var next = (await holder.NextAsync()).Task!;
        await holder.RankAsync(next);
        Assert.False((await RenewAsync(holder, next)).Held);
    }

    [Fact]
    public async Task Renew_CampaignPausedOrCancelled_HoldsWhileItMayGoOn()
    {
        await using var host = await WebHost.StartAsync(time: time);
        await host.PublishAsync(count: 1, lease: Lease);
        var holder = await host.InviteAsync();
        var task = (await holder.NextAsync()).Task!;
        await host.Get<CampaignService>().PauseAsync(WebHost.Campaign, "lunch");
        Assert.True((await RenewAsync(holder, task)).Held);
        await host.Get<CampaignService>().CancelAsync(WebHost.Campaign, "over");
        Assert.False((await RenewAsync(holder, task)).Held);
    }

    [Fact]
    public async Task Renew_ByAReviewer_KeepsItFromTheOtherReviewer()
    {
        await using var host = await WebHost.StartAsync(time: time);
        var comparison = (await host.PublishAsync(count: 1, lease: Lease))[0];
        var (ann, ben) = (Ranking(comparison, "ann", "a"), Ranking(comparison, "ben", "b"));
        await host.Get<ReviewStore>().AddAsync(WebHost.Campaign, [comparison], [ann, ben]);
        var (reviewer, other) = (await host.InviteAsync(isReviewer: true), await host.InviteAsync(isReviewer: true));
        var task = (await reviewer.NextAsync()).Task!;
        time.Advance(Lease * 0.9);
        Assert.True((await RenewAsync(reviewer, task)).Held);
        time.Advance(Lease * 0.9);
        Assert.Null((await other.NextAsync()).Task);
        time.Advance(Lease * 0.2);
        Assert.NotNull((await other.NextAsync()).Task);
        Assert.False((await RenewAsync(reviewer, task)).Held);
    }

    private Ranking Ranking(Comparison comparison, string annotator, string best) => new(
        comparison.Id, comparison.Batch, AnnotatorId.From(annotator), AnnotatorKind.Person, RankingOutcome.Ranked, [[best], [best == "a" ? "b" : "a"]], ["a", "b"], time.GetUtcNow());

    private static async Task<LeaseResponse> RenewAsync(WebHost.Annotator annotator, TaskView task) =>
        await WebHost.ReadAsync<LeaseResponse>(await annotator.PostAsync($"tasks/{task.Comparison}/lease"));
}
