using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Labeling.Quality;
using Rlhf.Labeling.Review;
using Rlhf.Local.Tests.Web;
using Rlhf.Orchestrations;
using Rlhf.Preferences;
using Rlhf.Storage;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.Labeling;

public sealed class OverlapTests
{
    [Fact]
    public async Task Disagreement_OfTwo_AsksOneMoreAndTheMajorityEndsIt()
    {
        await using var host = await WebHost.StartAsync();
        var comparison = (await host.PublishAsync(count: 1, overlap: 2, change: c => c with { Most = 5 }))[0];
        var annotators = await InviteAsync(host, 4);
        await RankAsync(annotators[0], comparison, "a");
        await RankAsync(annotators[1], comparison, "b");
        Assert.Equal(1, (await host.Get<CampaignService>().GetProgressAsync(WebHost.Campaign)).Open);
        await RankAsync(annotators[2], comparison, "a");

        Assert.Equal(NextStatus.Done, (await annotators[3].NextAsync()).Status);
        Assert.Equal(0, (await host.Get<CampaignService>().GetProgressAsync(WebHost.Campaign)).Open);
        Assert.Equal(3, (await host.Get<RankingStore>().ReadBatchAsync(comparison.Batch)).Count(r => !r.Extra));
        Assert.Contains(host.Orchestrations.Raised, r => r == (comparison.Batch.Value, EventNames.ComparisonsRanked));
    }

    [Fact]
    public async Task Disagreement_HostDiedBeforeItAskedMore_TheNextLookAsks()
    {
        await using var host = await WebHost.StartAsync();
        var comparison = (await host.PublishAsync(count: 1, overlap: 2, change: c => c with { Most = 3 }))[0];
        var annotators = await InviteAsync(host, 3);
        await RankAsync(annotators[0], comparison, "a");
        // The second one's ranking is there, and nothing that follows from it.
        var task = (await annotators[1].NextAsync()).Task!;
        await host.Get<RankingStore>().TryInsertAsync(new(comparison.Id, comparison.Batch, annotators[1].Invite.Annotator, AnnotatorKind.Person, RankingOutcome.BothBad, [], ["a", "b"], DateTimeOffset.UtcNow));
        var look = await host.Create<LookAtBatch>().RunAsync(new(WebHost.Campaign, comparison.Batch), CancellationToken.None);
        Assert.Equal(1, look.Open);
        Assert.Equal(task.Comparison, (await annotators[2].NextAsync()).Task!.Comparison);
    }

    [Fact]
    public async Task SharedComparison_FewAnnotators_WaitsForNobodyWhoIsNotThere()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 3, change: c => c with { Shared = 3, Most = 5 });
        var only = await host.InviteAsync();
        // Invited and never seen: nobody waits for these.
        await host.InviteAsync();
        await host.InviteAsync();
        for (var i = 0; i < 3; i++) await only.RankAsync((await only.NextAsync()).Task!);
        var done = await only.NextAsync();
        Assert.Equal((NextStatus.Done, 3, 3), (done.Status, done.Progress.Done, done.Progress.Total));
        Assert.True((await host.Create<LookAtBatch>().RunAsync(new(WebHost.Campaign, published[0].Batch), CancellationToken.None)).Open == 0);
    }

    [Fact]
    public async Task SharedComparison_EnoughAnnotators_GoesToThree()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 2, change: c => c.Id.Value[0] < '8' ? c : c with { Shared = 3, Most = 3 });
        var annotators = await InviteAsync(host, 4);
        foreach (var annotator in annotators)
            while ((await annotator.NextAsync()).Task is { } task) await annotator.RankAsync(task);
        var rankings = await host.Get<RankingStore>().ReadBatchAsync(published[0].Batch);
        Assert.All(published, c => Assert.Equal(c.Shared, rankings.Count(r => r.Comparison == c.Id && !r.Extra)));
    }

    [Fact]
    public async Task Review_WhatRemainsDisagreed_IsDecidedByAReviewerAndPairsFollow()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 2, overlap: 2);
        var annotators = await InviteAsync(host, 2);
        await RankAsync(annotators[0], published[0], "a", published[1], "a");
        await RankAsync(annotators[1], published[0], "b", published[1], "a");
        await host.Create<EndBatch>().RunAsync(new(WebHost.Campaign, published[0].Batch, BatchEnd.Complete), CancellationToken.None);
        Assert.Equal(1, await host.Get<ReviewStore>().CountAsync(WebHost.Campaign));
        Assert.Equal((1, 1), await PairsAsync(host, published[0].Batch) is var before ? (before.Revision, before.Pairs) : default);

        var (reviewer, second) = (await host.InviteAsync("reviewer", isReviewer: true), await host.InviteAsync("second", isReviewer: true));
        var task = (await reviewer.NextAsync()).Task!;
        Assert.Equal(published[0].Id, task.Comparison);
        Assert.Equal(NextStatus.Done, (await second.NextAsync()).Status);
        await reviewer.RankAsync(task.Comparison, new(RankingOutcome.Skip));
        // One reviewer passes on it, another decides.
        Assert.Equal(NextStatus.Done, (await reviewer.NextAsync()).Status);
        await RankAsync(second, published[0], "b");

        Assert.Equal(0, await host.Get<ReviewStore>().CountAsync(WebHost.Campaign));
        Assert.Equal((2, 2), await PairsAsync(host, published[0].Batch) is var after ? (after.Revision, after.Pairs) : default);
        var pairs = await JsonLines.ReadAsync<PreferencePair>(host.Get<IBlobStore>(), PairStore.PathOf(await host.Get<BatchStore>().GetAsync(WebHost.Campaign, published[0].Batch))).ToListAsync();
        Assert.Equal(published[0].Answers[1].Text, pairs.Single(p => p.Comparison == published[0].Id).Chosen);
        // A reviewer is no annotator among others.
        Assert.Equal(0.5, (await host.Get<QualityReader>().ReadAsync(WebHost.Campaign)).Agreement.Raw!.Value);
    }

    [Fact]
    public async Task Release_ByAnAnnotatorWhoWasServedItBefore_LeavesTheReviewersClaim()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 1, overlap: 3);
        var annotators = await InviteAsync(host, 3);
        await RankAsync(annotators[0], published[0], "a");
        await RankAsync(annotators[1], published[0], "b");
        var late = (await annotators[2].NextAsync()).Task!;
        await host.Create<EndBatch>().RunAsync(new(WebHost.Campaign, published[0].Batch, BatchEnd.Deadline), CancellationToken.None);
        var (reviewer, second) = (await host.InviteAsync("reviewer", isReviewer: true), await host.InviteAsync("second", isReviewer: true));
        var task = (await reviewer.NextAsync()).Task!;
        Assert.Equal(late.Comparison, task.Comparison);

        (await annotators[2].PostAsync($"tasks/{late.Comparison}/release")).Dispose();
        Assert.Equal(NextStatus.Done, (await second.NextAsync()).Status);
        (await reviewer.PostAsync($"tasks/{task.Comparison}/release")).Dispose();
        Assert.Equal(NextStatus.Task, (await second.NextAsync()).Status);
    }

    [Fact]
    public async Task Reviewer_WhileComparisonsAreOpen_GetsNoneOfThem()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 3);
        Assert.Equal(NextStatus.Done, (await (await host.InviteAsync(isReviewer: true)).NextAsync()).Status);
    }

    private static async Task<List<WebHost.Annotator>> InviteAsync(WebHost host, int count)
    {
        var annotators = new List<WebHost.Annotator>();
        for (var i = 0; i < count; i++) annotators.Add(await host.InviteAsync($"annotator{i}"));
        // All have come, and none holds anything.
        foreach (var annotator in annotators)
            if ((await annotator.NextAsync()).Task is { } task) (await annotator.PostAsync($"tasks/{task.Comparison}/release")).Dispose();
        return annotators;
    }

    /// <summary>Ranks what is served, whichever comes first.</summary>
    private static async Task RankAsync(WebHost.Annotator annotator, params object[] bestOf)
    {
        var best = bestOf.Chunk(2).ToDictionary(p => ((Comparison)p[0]).Id, p => (Comparison: (Comparison)p[0], Best: (string)p[1]));
        for (var i = 0; i < best.Count; i++)
        {
            var task = (await annotator.NextAsync()).Task!;
            var (comparison, answer) = best[task.Comparison];
            var place = task.Answers.Single(a => a.Text == comparison.Answers.Single(x => x.Id == answer).Text).Id;
            await annotator.RankAsync(task.Comparison, new(RankingOutcome.Ranked, [[place], [place == "1" ? "2" : "1"]]));
        }
    }

    private static async Task<PairFile> PairsAsync(WebHost host, BatchId batch) => (await host.Get<BatchStore>().GetAsync(WebHost.Campaign, batch)).Pairs!;
}
