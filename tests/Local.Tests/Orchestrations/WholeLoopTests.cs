using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Judging;
using Rlhf.Labeling;
using Rlhf.Preferences;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Training;

namespace Rlhf.Local.Tests.Orchestrations;

public sealed class WholeLoopTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task PromptsToVerdict_EveryStepHappensByItself()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync();
        await host.DropAsync(100);
        var annotator = await host.InviteAsync("sim-1");
        await host.JudgeUntilAsync(annotator, PipelineHost.ByRule, async () => (await host.Get<CampaignStore>().GetAsync(PipelineHost.Campaign)).State == CampaignState.Completed);

        var run = await host.RunAsync(r => r.HasEnded, "the run ended");
        Assert.Equal((RunState.Succeeded, null), (run.State, run.Error));
        var progress = await host.Get<CampaignService>().GetProgressAsync(PipelineHost.Campaign);
        Assert.Equal((100, 100, 0), (progress.Prompts.All, progress.Comparisons + progress.ComparisonsDropped.Values.Sum(), progress.Open));
        Assert.Equal(progress.Comparisons, progress.Rankings[AnnotatorKind.Simulated]);
        Assert.Equal(progress.TrainPairs, run.Snapshot!.TrainPairs);
        Assert.Equal(progress.Pairs, run.Snapshot.TrainPairs + run.Snapshot.ValidationPairs + run.Snapshot.TestPairs);

        var verdict = Assert.Single(run.Verdicts);
        Assert.Equal((JudgeKind.Rule, progress.Prompts.Test), (verdict.Judge, verdict.Prompts));
        Assert.True(verdict.WinRate > 0.6 && verdict.Low <= verdict.WinRate && verdict.WinRate <= verdict.High, $"{verdict}");
        Assert.Equal(run.Snapshot.TestPairs, run.LabelAccuracy!.Count);
        // The rule knows no better where both answers are alike; an annotator chose all the same.
        Assert.Equal(run.Snapshot.TestPairs, run.RuleAccuracy!.Count + run.RuleAccuracy.LeftOut);
    }

    [Fact]
    public async Task SecondRound_ItsPolicyIsJudgedAgainstTheFirstRoundsToo()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync();
        await host.DropAsync(60);
        var annotator = await host.InviteAsync("sim-1");
        async Task<bool> IsCompleteIn(int round) => await host.Get<CampaignStore>().GetAsync(PipelineHost.Campaign) is { State: CampaignState.Completed } c && c.Round == round;
        await host.JudgeUntilAsync(annotator, PipelineHost.ByRule, () => IsCompleteIn(1));
        await host.DropAsync(60, first: 1_000, "more.jsonl");
        await host.JudgeUntilAsync(annotator, PipelineHost.ByRule, () => IsCompleteIn(2));

        var runs = await host.Get<RunStore>().ListAsync(PipelineHost.Campaign);
        Assert.Equal([(Contenders.Tuned, Contenders.Base), (Contenders.Tuned, Contenders.Previous)], runs[0].Verdicts.Select(v => (v.Contender, v.Baseline)));
        Assert.Equal([(Contenders.Tuned, Contenders.Base)], runs[1].Verdicts.Select(v => (v.Contender, v.Baseline)));
        Assert.Equal([runs[1].Results!.Model], host.Generators.ModelsOf(Contenders.Previous));
        Assert.Equal(runs[0].Snapshot!.TestPrompts, runs[0].Verdicts[1].Prompts);
        var summary = await host.Blobs.ReadJsonAsync<EvaluationSummary>(RunPaths.Evaluation(runs[0].Id));
        Assert.Equal([Contenders.Base, Contenders.Tuned, Contenders.Previous], summary!.Contenders.Select(c => c.Name));
    }

    [Fact]
    public async Task Snapshot_PromptsAndPairs_StandOnOneSideOnly()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync();
        await host.DropAsync(80);
        var annotator = await host.InviteAsync("sim-1");
        await host.JudgeUntilAsync(annotator, PipelineHost.ByRule, async () => (await host.Get<RunStore>().ListAsync(PipelineHost.Campaign)).Any(r => r.HasEnded));

        var run = (await host.Get<RunStore>().ListAsync(PipelineHost.Campaign))[0].Id;
        var prompts = new Dictionary<Split, HashSet<PromptId>>();
        foreach (var split in Enum.GetValues<Split>())
            prompts[split] = (await JsonLines.ReadAsync<DatasetPrompt>(host.Blobs, RunPaths.Prompts(run, split)).Select(p => p.PromptId).ToListAsync()).ToHashSet();
        Assert.Equal(80, prompts.Values.Sum(p => p.Count));
        Assert.Equal(80, prompts.Values.SelectMany(p => p).Distinct().Count());
        await foreach (var pair in JsonLines.ReadAsync<PreferencePair>(host.Blobs, RunPaths.Pairs(run))) Assert.Contains(pair.Prompt, prompts[pair.Split]);
        await foreach (var test in JsonLines.ReadAsync<TestComparison>(host.Blobs, RunPaths.TestComparisons(run))) Assert.Contains(test.Prompt, prompts[Split.Test]);
    }

    [Fact]
    public async Task PromptsAddedToACompletedCampaign_ItRunsAgain()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(PipelineHost.Settings with { TrainWhenLabeled = false });
        await host.DropAsync(12);
        var annotator = await host.InviteAsync("sim-1");
        async Task<bool> IsCompleteWith(int prompts) =>
            (await host.Get<CampaignService>().GetProgressAsync(PipelineHost.Campaign)) is { State: CampaignState.Completed } p && p.PromptsGenerated == prompts;
        await host.JudgeUntilAsync(annotator, PipelineHost.ByRule, () => IsCompleteWith(12));

        await host.DropAsync(8, first: 13, "more.jsonl");
        await host.JudgeUntilAsync(annotator, PipelineHost.ByRule, () => IsCompleteWith(20));
    }

    [Fact]
    public async Task OpenBatches_NobodyRanks_NoMoreThanTheBoundIsGenerated()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(PipelineHost.Settings with { OpenBatches = 2 });
        await host.DropAsync(60);
        await host.BatchesAsync(all => all.Count(b => b.State == BatchState.Open) == 2, "two batches open");
        var annotator = await host.InviteAsync("sim-1");
        for (var i = 0; i < 3; i++) await host.JudgeNextAsync(annotator, PipelineHost.ByRule);
        Assert.Equal(2, (await host.Get<BatchStore>().ListAsync(PipelineHost.Campaign)).Count);
        Assert.Equal(20, host.Generators.Asked.Count);
    }

    [Fact]
    public async Task HostRestartedInTheMiddle_NothingIsLostOrAskedTwice()
    {
        int judged = 0;
        await using (var first = await PipelineHost.StartAsync(folder))
        {
            await first.CreateAsync();
            await first.DropAsync(40);
            await first.BatchesAsync(all => all.Any(b => b.State == BatchState.Open), "a batch open");
            var annotator = await first.InviteAsync("sim-1");
            for (; judged < 7; judged++) await Eventually.GetAsync(() => first.JudgeNextAsync(annotator, PipelineHost.ByRule), "a task");
        }

        await using var second = await PipelineHost.StartAsync(folder);
        var same = await second.InviteAsync("sim-2");
        var asked = new HashSet<ComparisonId>();
        await second.JudgeUntilAsync(same, task => asked.Add(task.Comparison) ? PipelineHost.ByRule(task) : throw new InvalidOperationException("Asked twice."),
            async () => (await second.Get<CampaignStore>().GetAsync(PipelineHost.Campaign)).State == CampaignState.Completed);
        var progress = await second.Get<CampaignService>().GetProgressAsync(PipelineHost.Campaign);
        Assert.Equal(progress.Comparisons, progress.Rankings.Values.Sum());
        Assert.Equal(progress.Comparisons, judged + asked.Count);
    }
}
