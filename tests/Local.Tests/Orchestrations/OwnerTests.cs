using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Labeling.Quality;
using Rlhf.Labeling.Serving;
using Rlhf.Orchestrations;
using Rlhf.Preferences;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.Orchestrations;

/// <summary>What an owner does to a campaign while it runs, and what annotators do to it.</summary>
public sealed class OwnerTests : IDisposable
{
    private static readonly CampaignSettings Settings = PipelineHost.Settings with { TrainWhenLabeled = false };
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Pause_BeforePrompts_NothingIsGeneratedUntilResumed()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(Settings);
        await host.Get<CampaignService>().PauseAsync(PipelineHost.Campaign, "A break.");
        await host.DropAsync(10);
        Assert.Equal(NextStatus.Paused, (await host.Get<TaskServer>().NextAsync(PipelineHost.Campaign, await host.InviteAsync("sim-1"), [])).Status);
        Assert.Empty(host.Generators.Asked);
        await host.Get<CampaignService>().ResumeAsync(PipelineHost.Campaign);
        await host.BatchesAsync(all => all.Any(b => b.State == BatchState.Open), "a batch open");
    }

    [Fact]
    public async Task Pause_RankingOfAServedTask_IsAcceptedAndCounts()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(Settings);
        await host.DropAsync(10);
        var annotator = await host.InviteAsync("sim-1");
        await host.BatchesAsync(all => all.Any(b => b.State == BatchState.Open), "a batch open");
        var task = (await host.Get<TaskServer>().NextAsync(PipelineHost.Campaign, annotator, [])).Task!;
        await host.Get<CampaignService>().PauseAsync(PipelineHost.Campaign, "A break.");
        var accepted = await host.Get<RankingService>().SubmitAsync(PipelineHost.Campaign, annotator, task.Comparison, PipelineHost.ByRule(task));
        Assert.False(accepted.Extra);
    }

    [Fact]
    public async Task Pause_PastTheDeadline_BatchStaysOpenUntilItsTimeRanOutAfterResuming()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(Settings with { BatchDeadline = TimeSpan.FromSeconds(4) });
        await host.DropAsync(10);
        await host.BatchesAsync(all => all.Any(b => b.State == BatchState.Open), "a batch open");
        await host.Get<CampaignService>().PauseAsync(PipelineHost.Campaign, "A break.");
        var paused = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync(() => TimeProvider.System.GetElapsedTime(paused) > TimeSpan.FromSeconds(5));
        Assert.Equal(BatchState.Open, (await host.Get<BatchStore>().ListAsync(PipelineHost.Campaign))[0].State);
        await host.Get<CampaignService>().ResumeAsync(PipelineHost.Campaign);
        await host.BatchesAsync(all => all.All(b => b.State == BatchState.Done), "the batch done");
    }

    [Fact]
    public async Task Deadline_BatchHalfRanked_EndsWithWhatItHasAndSaysWhatItLeftOut()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(Settings with { BatchDeadline = TimeSpan.FromSeconds(3) });
        await host.DropAsync(10);
        var annotator = await host.InviteAsync("sim-1");
        for (var i = 0; i < 4; i++) await Eventually.GetAsync(() => host.JudgeNextAsync(annotator, PipelineHost.ByRule), "a task");
        var batch = (await host.BatchesAsync(all => all.All(b => b.HasEnded), "the batch done"))[0];
        Assert.Equal((4, batch.Comparisons - 4), (batch.Counts!.Complete, batch.Unfinished["deadline"]));
        Assert.Equal(4, batch.Pairs!.Pairs);
    }

    [Fact]
    public async Task Deadline_InstanceEndedAndBegunAnew_CountsFromWhenTheBatchWasOpened()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(Settings with { BatchDeadline = TimeSpan.FromHours(2) });
        await host.DropAsync(10);
        var batch = (await host.BatchesAsync(all => all.Any(b => b.State == BatchState.Open), "a batch open"))[0];
        await host.Get<BatchStore>().UpdateAsync(PipelineHost.Campaign, batch.Id, b => b with { OpenedAt = b.OpenedAt!.Value.AddHours(-3) });

        await host.Get<IOrchestrationClient>().TerminateAsync(batch.Id.Value, "By hand.");

        var ended = (await host.BatchesAsync(all => all.All(b => b.HasEnded), "the batch done"))[0];
        Assert.Equal(ended.Comparisons, ended.Unfinished["deadline"]);
    }

    [Fact]
    public async Task Skips_ThreeOfAComparison_CloseItWithTheReason()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(Settings);
        await host.DropAsync(1);
        foreach (var id in new[] { "sim-1", "sim-2", "sim-3" })
        {
            var annotator = await host.InviteAsync(id);
            await Eventually.GetAsync(() => host.JudgeNextAsync(annotator, PipelineHost.Skip), "a task");
        }
        var batch = (await host.BatchesAsync(all => all.Any(b => b.HasEnded), "the batch done"))[0];
        Assert.Equal(1, batch.Unfinished["skipped"]);
    }

    [Fact]
    public async Task Cancel_BatchesEndAndLateRankingsAreExtra()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(Settings);
        await host.DropAsync(20);
        var annotator = await host.InviteAsync("sim-1");
        await host.BatchesAsync(all => all.Count(b => b.State == BatchState.Open) == 2, "two batches open");
        await host.JudgeNextAsync(annotator, PipelineHost.ByRule);
        var held = (await host.Get<TaskServer>().NextAsync(PipelineHost.Campaign, annotator, [])).Task!;
        await host.Get<CampaignService>().CancelAsync(PipelineHost.Campaign, "No longer needed.");
        var batches = await host.BatchesAsync(all => all.All(b => b.State == BatchState.Cancelled), "all cancelled");
        Assert.Equal(19, batches.Sum(b => b.Unfinished["cancelled"]));
        Assert.All(batches, b => Assert.Null(b.Pairs));

        var late = await host.Get<RankingService>().SubmitAsync(PipelineHost.Campaign, annotator, held.Comparison, PipelineHost.ByRule(held));
        Assert.True(late.Extra);
        Assert.Equal(NextStatus.Ended, (await host.Get<TaskServer>().NextAsync(PipelineHost.Campaign, annotator, [])).Status);
        var refused = await Assert.ThrowsAsync<IllegalTransitionException>(() => host.Get<CampaignService>().ResumeAsync(PipelineHost.Campaign));
        Assert.Equal(("cancelled", "active", "resume"), (refused.From, refused.To, refused.Operation));
    }

    [Fact]
    public async Task Amendment_AfterTheBatchEnded_GivesItsPairFileANewRevision()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(Settings);
        await host.DropAsync(3);
        var annotator = await host.InviteAsync("sim-1");
        TaskView? last = null;
        await host.JudgeUntilAsync(annotator, task => PipelineHost.ByRule(last = task), async () => (await host.Get<BatchStore>().ListAsync(PipelineHost.Campaign)).Any(b => b.HasEnded));
        var before = (await host.Get<BatchStore>().ListAsync(PipelineHost.Campaign))[0];

        var turned = PipelineHost.ByRule(last!);
        await host.Get<RankingService>().SubmitAsync(PipelineHost.Campaign, annotator, last!.Comparison, turned with { Tiers = [.. turned.Tiers!.Reverse()], Amends = 1 });
        var after = (await host.Get<BatchStore>().ListAsync(PipelineHost.Campaign))[0];
        Assert.Equal((1, 2, before.Pairs!.Pairs), (before.Pairs.Revision, after.Pairs!.Revision, after.Pairs.Pairs));
        Assert.NotEqual(before.Pairs.Hash, after.Pairs.Hash);
    }

    [Fact]
    public async Task Exclusion_OfAnAnnotator_TakesTheirPairsAwayAndBack()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(Settings);
        await host.DropAsync(4);
        var annotator = await host.InviteAsync("sim-1");
        await host.JudgeUntilAsync(annotator, PipelineHost.ByRule, async () => (await host.Get<BatchStore>().ListAsync(PipelineHost.Campaign)).Any(b => b.HasEnded));
        async Task<PairFile> PairsAsync() => (await host.Get<BatchStore>().ListAsync(PipelineHost.Campaign))[0].Pairs!;
        var all = await PairsAsync();
        await host.Get<Exclusions>().SetAsync(PipelineHost.Campaign, annotator.Annotator, isExcluded: true);
        Assert.Equal(0, (await PairsAsync()).Pairs);
        await host.Get<Exclusions>().SetAsync(PipelineHost.Campaign, annotator.Annotator, isExcluded: false);
        Assert.Equal((all.Hash, all.Revision + 2), ((await PairsAsync()).Hash, (await PairsAsync()).Revision));
    }

    [Fact]
    public async Task TokenBudget_Spent_PausesWithTheReasonAndALargerOneGoesOn()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        // Ten prompts, two answers, twenty tokens: 400 a batch.
        await host.CreateAsync(Settings with { TokenBudget = 300, OpenBatches = 1 });
        await host.DropAsync(20);
        var annotator = await host.InviteAsync("sim-1");
        await host.JudgeUntilAsync(annotator, PipelineHost.ByRule, async () => (await host.Get<CampaignStore>().GetAsync(PipelineHost.Campaign)).State == CampaignState.Paused);
        var paused = await host.StateAsync(CampaignState.Paused);
        Assert.Contains("has spent", paused.Reason);
        Assert.Contains("300", paused.Reason);

        await host.Get<CampaignService>().ResumeAsync(PipelineHost.Campaign, tokenBudget: 10_000);
        await host.JudgeUntilAsync(annotator, PipelineHost.ByRule, async () => (await host.Get<CampaignStore>().GetAsync(PipelineHost.Campaign)).State == CampaignState.Completed);
        var progress = await host.Get<CampaignService>().GetProgressAsync(PipelineHost.Campaign);
        Assert.Equal((20, host.Generators.Asked.Values.Sum() * 20), (progress.PromptsGenerated, (int)progress.AnswerTokens));
    }

    [Fact]
    public async Task LowerOverlap_NobodyIsLeftForWhatIsOpen_CompletesWhatHasEnough()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(Settings with { Overlap = 2 });
        await host.DropAsync(4);
        var exhausted = await ExhaustAsync(host);

        var refused = await Assert.ThrowsAsync<RlhfException>(() => host.Get<CampaignService>().LowerOverlapAsync(PipelineHost.Campaign, 3));
        Assert.Equal("overlap-only-lower", refused.Code);
        Assert.Equal("invalid-overlap", (await Assert.ThrowsAsync<RlhfException>(() => host.Get<CampaignService>().LowerOverlapAsync(PipelineHost.Campaign, 0))).Code);
        await host.Get<CampaignService>().LowerOverlapAsync(PipelineHost.Campaign, 1);

        var batch = (await host.BatchesAsync(all => all.All(b => b.HasEnded), "the batch done"))[0];
        Assert.Equal((exhausted, exhausted), (batch.Counts!.Complete, batch.Pairs!.Pairs));
        Assert.Empty(batch.Unfinished);
        await host.StateAsync(CampaignState.Completed);
    }

    [Fact]
    public async Task Close_NobodyIsLeftForWhatIsOpen_EndsWithTheRankingsThereAreAndAsksAgainOncePromptsCome()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(Settings with { Overlap = 2, OpenBatches = 1 });
        // More than the one open batch: closing asks none of the rest.
        await host.DropAsync(14);
        var exhausted = await ExhaustAsync(host);

        await host.Get<CampaignService>().CloseAsync(PipelineHost.Campaign);

        await host.StateAsync(CampaignState.Completed);
        var batch = Assert.Single(await host.Get<BatchStore>().ListAsync(PipelineHost.Campaign));
        Assert.Equal((BatchState.Done, exhausted, exhausted), (batch.State, batch.Unfinished["closed"], batch.Pairs!.Pairs));

        await host.DropAsync(1, first: 15, "more.jsonl");
        Assert.Equal(5, (await host.BatchesAsync(all => all.Count == 2, "another batch"))[1].PromptCount);
    }

    /// <summary>Everything judged by the only annotator there is, where two are asked for.</summary>
    private static async Task<int> ExhaustAsync(PipelineHost host)
    {
        var annotator = await host.InviteAsync("sim-1");
        await host.JudgeUntilAsync(annotator, PipelineHost.ByRule, async () => (await host.Get<TaskServer>().NextAsync(PipelineHost.Campaign, annotator, [])).Status == NextStatus.Exhausted);
        return (await host.Get<CampaignService>().GetProgressAsync(PipelineHost.Campaign)).Exhausted;
    }

    [Fact]
    public async Task Create_TheSameTwice_IsOneCampaignAndOtherSettingsAreRefused()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        var first = await host.CreateAsync(Settings);
        Assert.Equal(first.CreatedAt, (await host.CreateAsync(Settings)).CreatedAt);
        var refused = await Assert.ThrowsAsync<RlhfException>(() => host.CreateAsync(Settings with { Answers = 3 }));
        Assert.Equal("campaign-exists", refused.Code);
        var overlap = await Assert.ThrowsAsync<RlhfException>(() =>
            host.Get<CampaignService>().CreateAsync(Settings with { Id = CampaignId.From("other"), Overlap = 3 }, annotators: 2));
        Assert.Equal("overlap-above-annotators", overlap.Code);
        Assert.Null(await host.Get<CampaignStore>().FindAsync(CampaignId.From("other")));
    }
}
