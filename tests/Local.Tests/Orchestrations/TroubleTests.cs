using Microsoft.Extensions.DependencyInjection;
using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Generation;
using Rlhf.Judging;
using Rlhf.Labeling;
using Rlhf.Labeling.Serving;
using Rlhf.Local.Tests.Web;
using Rlhf.Orchestrations;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Training;
using Rlhf.Training.Reporting;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.Orchestrations;

/// <summary>What happens when something on the way fails: named, the rest goes on, nothing accepted is lost.</summary>
public sealed class TroubleTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task StorageFailsMidway_EveryStepIsTriedAgainAndNothingIsLostOrDoubled()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(PipelineHost.Settings with { OpenBatches = 5 });
        await host.Get<CampaignService>().PauseAsync(PipelineHost.Campaign, "Until the faults begin.");
        await host.DropAsync(50);
        var annotator = await host.InviteAsync("sim-1");
        await host.Get<CampaignService>().ResumeAsync(PipelineHost.Campaign);
        // Rarer than the longest step's calls, or that step would meet a fault each time.
        host.Tables.Faults.Every = 41;
        host.Blobs.Faults.Every = 9;
        // How many calls it takes until they are open depends on which steps failed; what looks after them goes on calling.
        await host.BatchesAsync(
            all => all.Count(b => b.State == BatchState.Open) == 5 && host.Tables.Faults.Injected + host.Blobs.Faults.Injected > 3, "five batches open, and more than three faults");
        host.Tables.Faults.Every = 0;
        host.Blobs.Faults.Every = 0;

        await host.JudgeUntilAsync(annotator, PipelineHost.ByRule, async () => (await host.Get<CampaignStore>().GetAsync(PipelineHost.Campaign)).State == CampaignState.Completed);
        var progress = await host.Get<CampaignService>().GetProgressAsync(PipelineHost.Campaign);
        Assert.Equal((50, 50), (progress.PromptsGenerated, progress.Comparisons + progress.ComparisonsDropped.Values.Sum()));
        Assert.Equal(progress.Comparisons, progress.Rankings.Values.Sum());
    }

    [Fact]
    public async Task ModelMissing_CampaignPausesWithTheReasonAndGoesOnOnceItIsThere()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        host.Generators.Trouble = s => new("model-missing", $"There is no model at '{s.Model}'.", "Put it there, or name another.");
        await host.CreateAsync(PipelineHost.Settings with { TrainWhenLabeled = false });
        await host.DropAsync(5);
        var paused = await host.StateAsync(CampaignState.Paused);
        Assert.Equal("There is no model at 'file:base'. Put it there, or name another.", paused.Reason);

        host.Generators.Trouble = _ => null;
        await host.Get<CampaignService>().ResumeAsync(PipelineHost.Campaign);
        await host.BatchesAsync(all => all.Any(b => b.State == BatchState.Open), "a batch open");
    }

    [Fact]
    public async Task EndpointAway_StandsOnTheCampaignUntilItIsBack()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        host.Generators.Trouble = s => new("endpoint-unreachable", $"'{s.Name}' can't be reached.", "Check the address.", 502) { IsTransient = true };
        await host.CreateAsync(PipelineHost.Settings with { TrainWhenLabeled = false });
        await host.DropAsync(5);
        var store = host.Get<CampaignStore>();
        var troubled = await Eventually.GetAsync(async () => await store.FindAsync(PipelineHost.Campaign) is { Trouble: not null } c ? c : null, "trouble");
        Assert.Equal((CampaignState.Active, "endpoint-unreachable", "'base' can't be reached.", "Check the address."), (troubled.State, troubled.Trouble!.Code, troubled.Trouble.Message, troubled.Trouble.Remedy));

        host.Generators.Trouble = _ => null;
        await host.BatchesAsync(all => all.Any(b => b.State == BatchState.Open), "a batch open");
        Assert.Null((await store.GetAsync(PipelineHost.Campaign)).Trouble);
    }

    [Fact]
    public async Task Pause_ByItsOwnerOrByThePipeline_CanBeToldApart()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        host.Generators.Trouble = s => new("model-missing", $"There is no model at '{s.Model}'.", "Put it there, or name another.");
        await host.CreateAsync(PipelineHost.Settings with { TrainWhenLabeled = false });
        await host.DropAsync(5);
        Assert.Equal("model-missing", (await host.StateAsync(CampaignState.Paused)).Trouble!.Code);

        host.Generators.Trouble = _ => null;
        Assert.Null((await host.Get<CampaignService>().ResumeAsync(PipelineHost.Campaign)).Trouble);
        Assert.Null((await host.Get<CampaignService>().PauseAsync(PipelineHost.Campaign, "A break.")).Trouble);
    }

    [Fact]
    public async Task ModelMissing_ResumedLongBeforeAnythingIsLookedAtAgain_GoesOnAtOnce()
    {
        // The looks of a real host, a minute and more apart: only signals are as quick as this test.
        await using var host = await PipelineHost.StartAsync(folder, new());
        host.Generators.Trouble = s => new("model-missing", $"There is no model at '{s.Model}'.", "Put it there, or name another.");
        await host.CreateAsync(PipelineHost.Settings with { TrainWhenLabeled = false });
        await host.DropAsync(10);
        await host.StateAsync(CampaignState.Paused);

        host.Generators.Trouble = _ => null;
        await host.Get<CampaignService>().ResumeAsync(PipelineHost.Campaign);
        await host.BatchesAsync(all => all.Any(b => b.State == BatchState.Open), "a batch open");
    }

    [Fact]
    public async Task StepThatOnlyAPersonCanMend_PausesWithTheReasonAndGoesOnOnceMended()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(PipelineHost.Settings with { TrainWhenLabeled = false });
        var path = ComparisonStore.BatchPath(PipelineHost.Campaign, BatchId.For(PipelineHost.Campaign, 1, 1));
        await host.Blobs.WriteTextAsync(path, "not what is written here");
        await host.DropAsync(5);
        var paused = await host.StateAsync(CampaignState.Paused);
        Assert.Contains($"'{path}' is damaged", paused.Reason);
        Assert.Contains("remove it", paused.Reason);

        await host.Blobs.DeleteAsync(path);
        await host.Get<CampaignService>().ResumeAsync(PipelineHost.Campaign);
        await host.BatchesAsync(all => all.Any(b => b.State == BatchState.Open), "a batch open");
    }

    [Fact]
    public async Task Refusals_AreDroppedCountedAndTheRestIsRanked()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        host.Generators.Answer = request => request.Messages[^1].Content.Contains("router 3 ", StringComparison.Ordinal)
            ? new(null, FinishReason.ContentFilter, Failure: new("content-filter", "Refused.", IsTransient: false))
            : request.Messages[^1].Content.Contains("router 4 ", StringComparison.Ordinal) ? new("Always this.", FinishReason.Stop) : new($"Answer {request.Seed}", FinishReason.Stop);
        await host.CreateAsync(PipelineHost.Settings with { TrainWhenLabeled = false });
        await host.DropAsync(6);
        var batch = (await host.BatchesAsync(all => all.Any(b => b.State == BatchState.Open), "a batch open"))[0];
        Assert.Equal(4, batch.Comparisons);
        Assert.Equal((1, 1), (batch.Dropped["content-filter"], batch.Dropped["identical-answers"]));
        // Two answers, the second drawn again until the attempts are used up.
        Assert.Equal(1 + AnswerWriter.Attempts, host.Generators.Asked["My router 4 does not work."]);
    }

    [Fact]
    public async Task TrainerFails_RunKeepsTheReasonRankingsStayAndAnotherRunSucceeds()
    {
        await using var host = await LabeledAsync(ShellJobLauncher.Fails);
        var failed = await host.RunAsync(r => r.HasEnded, "the run ended");
        Assert.Equal((RunState.Failed, "model-missing", "Put one there."), (failed.State, failed.Error!.Code, failed.Error.Remedy));
        Assert.Contains("Put one there.", (await host.StateAsync(CampaignState.Completed)).Reason);

        host.Launcher.Script = ShellJobLauncher.Succeeds;
        await host.Get<CampaignService>().TrainNowAsync(PipelineHost.Campaign);
        var run = await host.RunAsync(r => r.Id != failed.Id && r.HasEnded, "the second run ended");
        Assert.Equal(RunState.Succeeded, run.State);
        Assert.Equal(failed.Snapshot!.TrainPairs, run.Snapshot!.TrainPairs);
        Assert.Null((await host.Get<CampaignStore>().GetAsync(PipelineHost.Campaign)).Reason);
    }

    [Fact]
    public async Task TrainerKilled_IsStartedAgainAndGoesOn()
    {
        await using var host = await LabeledAsync(ShellJobLauncher.DiesOnce);
        var run = await host.RunAsync(r => r.HasEnded, "the run ended");
        Assert.Equal((RunState.Succeeded, 2), (run.State, host.Launcher.Started));
    }

    [Fact]
    public async Task TrainerAlwaysDies_RestartsAreBoundedAndTheEndOfItsLogIsKept()
    {
        await using var host = await LabeledAsync(ShellJobLauncher.DiesAlways);
        var run = await host.RunAsync(r => r.HasEnded, "the run ended");
        Assert.Equal((RunState.Failed, "job-vanished", "the end of the log"), (run.State, run.Error!.Code, run.Error.Detail));
        Assert.Contains("exit code 137", run.Error.Message);
        Assert.Equal(1 + PipelineHost.Quick.RunRestarts, host.Launcher.Started);
    }

    [Fact]
    public async Task CancelledRun_StopsItsJob()
    {
        await using var host = await LabeledAsync(ShellJobLauncher.Hangs);
        var run = await host.RunAsync(r => r.State == RunState.Running && host.Launcher.IsRunning(r.Id), "the job runs");
        await host.Get<RunService>().CancelAsync(run.Id);
        await Eventually.TrueAsync(() => !host.Launcher.IsRunning(run.Id));
        Assert.Equal(RunState.Cancelled, (await host.Get<RunStore>().GetAsync(run.Id)).State);
    }

    [Fact]
    public async Task CancelledCampaign_StopsItsJob()
    {
        await using var host = await LabeledAsync(ShellJobLauncher.Hangs);
        var run = await host.RunAsync(r => r.State == RunState.Running && host.Launcher.IsRunning(r.Id), "the job runs");
        await host.Get<CampaignService>().CancelAsync(PipelineHost.Campaign, "No longer needed.");
        await Eventually.TrueAsync(() => !host.Launcher.IsRunning(run.Id));
    }

    [Fact]
    public async Task TrainNow_TooFewPairsOrNoPolicyOrARunGoingOn_IsRefusedWithTheWayOut()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(PipelineHost.Settings with { TrainWhenLabeled = false, MinimumPairs = 20 });
        var few = await Assert.ThrowsAsync<RlhfException>(() => host.Get<CampaignService>().TrainNowAsync(PipelineHost.Campaign));
        Assert.Equal("too-few-pairs", few.Code);
        Assert.Contains("0 train pairs", few.Message);
        var other = CampaignId.From("api-only");
        await host.CreateAsync(PipelineHost.Settings with { Id = other, Policy = null, TrainWhenLabeled = false });
        Assert.Equal("no-policy", (await Assert.ThrowsAsync<RlhfException>(() => host.Get<CampaignService>().TrainNowAsync(other))).Code);
    }

    [Fact]
    public async Task TrainNow_AskedSeveralTimesAtOnce_StartsOneRun()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        host.Launcher.Script = ShellJobLauncher.Hangs;
        await host.CreateAsync(PipelineHost.Settings with { TrainWhenLabeled = false });
        await host.DropAsync(60);
        var annotator = await host.InviteAsync("sim-1");
        await host.JudgeUntilAsync(annotator, PipelineHost.ByRule, async () => (await host.Get<CampaignStore>().GetAsync(PipelineHost.Campaign)).State == CampaignState.Completed);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
            await Record.ExceptionAsync(() => host.Get<CampaignService>().TrainNowAsync(PipelineHost.Campaign)))));

        Assert.Single(answers, e => e is null);
        Assert.All(answers.OfType<RlhfException>(), e => Assert.Equal("run-active", e.Code));
        Assert.Single(await host.Get<RunStore>().ListAsync(PipelineHost.Campaign));
    }

    [Fact]
    public async Task Completing_PromptsCameMeanwhile_StaysActive()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.Get<CampaignStore>().CreateAsync(new(PipelineHost.Settings with { TrainWhenLabeled = false }, CampaignState.Active, DateTimeOffset.UtcNow));
        var added = new PromptLine(1, new([new(MessageRole.User, "My router does not work.")]), null);
        await host.Get<PromptStore>().AddAsync(PipelineHost.Campaign, new(), [added]);
        var completing = ActivatorUtilities.CreateInstance<CompleteRound>(host.Get<IServiceProvider>());

        await completing.RunAsync(new(PipelineHost.Campaign, 1, 1, new(), MayTrain: true), TestContext.Current.CancellationToken);
        Assert.Equal(CampaignState.Active, (await host.Get<CampaignStore>().GetAsync(PipelineHost.Campaign)).State);

        await completing.RunAsync(new(PipelineHost.Campaign, 1, 1, new(Page: 1), MayTrain: true), TestContext.Current.CancellationToken);
        Assert.Equal(CampaignState.Completed, (await host.Get<CampaignStore>().GetAsync(PipelineHost.Campaign)).State);
    }

    [Fact]
    public async Task RoundWithTooFewPairs_CompletesWithTheReason()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(PipelineHost.Settings with { MinimumPairs = 500 });
        await host.DropAsync(5);
        var annotator = await host.InviteAsync("sim-1");
        await host.JudgeUntilAsync(annotator, PipelineHost.ByRule, async () => (await host.Get<CampaignStore>().GetAsync(PipelineHost.Campaign)).State == CampaignState.Completed);
        Assert.Contains("a run needs 500", (await host.StateAsync(CampaignState.Completed)).Reason);
    }

    [Fact]
    public async Task PeopleJudge_VerdictComesFromTheirBlindRankings()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(PipelineHost.Settings with { Judge = JudgeKind.People, TrainOn = [AnnotatorKind.Person], Split = new(0.1, 0.5) });
        await host.DropAsync(60);
        var person = await host.InviteAsync("person-1", AnnotatorKind.Person);
        TaskView? last = null;
        await host.JudgeUntilAsync(person, task => PipelineHost.ByRule(last = task), async () =>
            (await host.Get<CampaignStore>().GetAsync(PipelineHost.Campaign)).State == CampaignState.Completed
            && (await host.Get<RunStore>().ListAsync(PipelineHost.Campaign)) is [{ HasEnded: true, Verdicts: [{ WinRate: not null }] }]);
        var run = await host.RunAsync(r => r.HasEnded, "the run ended");
        var verdict = Assert.Single(run.Verdicts);
        Assert.Equal(JudgeKind.People, verdict.Judge);
        Assert.Equal(run.Snapshot!.TestPrompts, verdict.Wins + verdict.Ties + verdict.Losses);
        Assert.True(verdict.WinRate > 0.6, $"{verdict}");

        // Amended after all is judged: the verdict and the report are made anew.
        var turned = PipelineHost.ByRule(last!);
        await host.Get<RankingService>().SubmitAsync(PipelineHost.Campaign, person, last!.Comparison, turned with { Tiers = [.. turned.Tiers!.Reverse()], Amends = 1 });
        var amended = Assert.Single((await host.Get<RunStore>().GetAsync(run.Id)).Verdicts);
        Assert.Equal((1, verdict.Wins + verdict.Losses), (Math.Abs(amended.Wins - verdict.Wins), amended.Wins + amended.Losses));
        Assert.Contains($"{amended.WinRate * 100:0.0}%", await host.Blobs.ReadTextAsync(RunReporter.PathOf(run.Id)));
    }

    [Fact]
    public async Task CampaignCancelledInTheInstantARunIsMade_LeavesNoRunGoingOn()
    {
        var hooks = new HookedTables();
        await using var host = await WebHost.StartAsync(hooks.Decorate);
        var published = await host.PublishAsync(count: 4);
        await host.Get<CampaignStore>().UpdateAsync(WebHost.Campaign, c => c with { Settings = c.Settings with { Policy = "file:base", MinimumPairs = 1 } });
        var annotator = await host.InviteAsync();
        for (var i = 0; i < published.Count; i++) await annotator.RankAsync((await annotator.NextAsync()).Task!);
        hooks.Before = async (table, _) =>
        {
            if (table == "runs") await host.Get<CampaignService>().CancelAsync(WebHost.Campaign, "No longer needed.");
        };

        await Assert.ThrowsAsync<IllegalTransitionException>(() => host.Get<RunService>().StartAsync(WebHost.Campaign));

        Assert.Equal(RunState.Cancelled, Assert.Single(await host.Get<RunStore>().ListAsync(WebHost.Campaign)).State);
    }

    private async Task<PipelineHost> LabeledAsync(string script)
    {
        var host = await PipelineHost.StartAsync(folder);
        host.Launcher.Script = script;
        await host.CreateAsync();
        await host.DropAsync(60);
        var annotator = await host.InviteAsync("sim-1");
        await host.JudgeUntilAsync(annotator, PipelineHost.ByRule, async () => (await host.Get<RunStore>().ListAsync(PipelineHost.Campaign)).Count > 0);
        return host;
    }
}
