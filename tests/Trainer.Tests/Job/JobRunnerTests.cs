using Rlhf.Contracts.Storage;
using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Trainer.Job;
using Rlhf.Training;

namespace Rlhf.Trainer.Tests.Job;

public class JobRunnerTests
{
    private static readonly Message[] Prompt = [new(MessageRole.User, "My lamp is broken.")];

    [Fact]
    public async Task Run_RewardPpoExport_PublishesModelsThatTheHostsCanUse()
    {
        using var run = await TinyRun.CreateAsync();

        Assert.Equal(ExitCodes.Done, await RunAsync(run));

        var status = await run.StatusAsync();
        Assert.Equal((RunState.Succeeded, 1.0), (status.State, status.Progress));
        Assert.Equal(("runs/tiny-run1/reward-model", "runs/tiny-run1/model"), (status.Results!.RewardModel, status.Results.Model));
        Assert.Equal(1, status.Results.TestPairs);
        Assert.NotNull(status.Results.KlMean);
        using var downloads = new TemporaryFolder();
        var cache = new ModelCache(run.Blobs, downloads.Path);
        await using var generator = OnnxGenerator.Load("tuned", await cache.GetFolderAsync(status.Results.Model!));
        var outcome = Assert.Single(await generator.GenerateAsync([new(Prompt, 1)], new SamplingSettings(12)));
        Assert.NotNull(outcome.Text);
        using var reward = OnnxRewardModel.Load(await cache.GetFolderAsync(status.Results.RewardModel!));
        var scores = reward.Score([new(Prompt, "Sorry, I will replace the lamp."), new(Prompt, "No, buy a new lamp.")]);
        Assert.True(scores[0] > scores[1], $"polite {scores[0]}, rude {scores[1]}");
    }

    [Fact]
    public async Task Run_Ppo_WritesCurvesStatusAndEvents()
    {
        using var run = await TinyRun.CreateAsync();

        await RunAsync(run);

        var ppo = (await run.MetricsAsync()).Where(point => point.Stage == TrainingStage.Ppo).ToList();
        Assert.Equal(Enumerable.Range(1, 12), ppo.Select(point => point.Step).Distinct());
        var updates = ppo.Where(point => point.Values.ContainsKey("policyLoss")).ToList();
        Assert.Equal(12, updates.Count);
        Assert.All(updates, point =>
        {
            Assert.Equal(0, point.Values["firstRatioError"]);
            Assert.Equal(0, point.Values["firstClipFraction"]);
            Assert.InRange(point.Values["generatorGap"], 0, 1e-3);
        });
        var events = await run.Blobs.ListAsync("runs/tiny-run1/tensorboard/").FirstAsync();
        Assert.Contains("ppo/klCoefficient", System.Text.Encoding.Latin1.GetString(await run.BytesAsync(events.Path)));
        Assert.Null(await run.Blobs.FindAsync("runs/tiny-run1/lock"));
    }

    [Fact]
    public async Task Run_StorageFailsNowAndThen_GivesTheSameModelAndEveryPointOfItsCurves()
    {
        using var calm = await TinyRun.CreateAsync();
        using var troubled = await TinyRun.CreateAsync();
        await RunAsync(calm);
        var faults = new Faults(every: 9);

        var code = await new JobRunner(new FailingBlobStore(troubled.Blobs, faults), await troubled.JobAsync(), TimeProvider.System, _ => { }, CancellationToken.None).RunAsync();

        Assert.Equal(ExitCodes.Done, code);
        Assert.InRange(faults.Injected, 3, int.MaxValue);
        Assert.Equal(await calm.BytesAsync("runs/tiny-run1/model/model.safetensors"), await troubled.BytesAsync("runs/tiny-run1/model/model.safetensors"));
        Assert.Equal(Steps(await calm.MetricsAsync()), Steps(await troubled.MetricsAsync()));

        static IEnumerable<(TrainingStage, int)> Steps(IEnumerable<MetricPoint> points) => points.Select(p => (p.Stage, p.Step)).Distinct().Order();
    }

    [Fact]
    public async Task Run_SameSeedTwice_GivesTheSameModel()
    {
        using var first = await TinyRun.CreateAsync();
        using var second = await TinyRun.CreateAsync();

        await RunAsync(first);
        await RunAsync(second);

        Assert.Equal(await first.BytesAsync("runs/tiny-run1/model/model.safetensors"), await second.BytesAsync("runs/tiny-run1/model/model.safetensors"));
    }

    [Fact]
    public async Task Run_AllOtherStages_PublishesAndAnswers()
    {
        using var run = await TinyRun.CreateAsync(job => job with
        {
            Stages = [TrainingStage.Sft, TrainingStage.Dpo, TrainingStage.Generate],
            SftExamples = "runs/tiny-run1/dataset/sft.jsonl",
            Generate = new("runs/tiny-run1/dataset/test.jsonl", "runs/tiny-run1/answers.jsonl", new SamplingSettings(12)),
        });
        await run.Blobs.WriteTextAsync(
            "runs/tiny-run1/dataset/sft.jsonl", """{"messages":[{"role":"user","content":"My fan is broken."}],"answer":"Sorry, I will replace the fan."}""");

        Assert.Equal(ExitCodes.Done, await RunAsync(run));

        var answers = await Data.JsonLines.ReadAsync<GeneratedAnswer>(run.Blobs, "runs/tiny-run1/answers.jsonl", CancellationToken.None);
        Assert.Equal("p7", Assert.Single(answers).PromptId.Value);
        Assert.NotNull(await run.Blobs.FindAsync("runs/tiny-run1/model/model.onnx"));
    }

    [Fact]
    public async Task Run_PairsMissing_SaysWhatIsMissingAndWhatToDo()
    {
        using var run = await TinyRun.CreateAsync();
        await run.Blobs.DeleteAsync("runs/tiny-run1/dataset/pairs.jsonl");

        Assert.Equal(ExitCodes.Failed, await RunAsync(run));

        var status = await run.StatusAsync();
        Assert.Equal((RunState.Failed, "data-missing"), (status.State, status.Error!.Code));
        Assert.Contains("dataset/pairs.jsonl", status.Error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(status.Error.Remedy);
    }

    [Fact]
    public async Task Run_BrokenLine_NamesItsNumber()
    {
        using var run = await TinyRun.CreateAsync();
        await run.Blobs.WriteTextAsync("runs/tiny-run1/dataset/rollout.jsonl", "{\"promptId\":\"a\",\"messages\":[]}\n{broken\n");

        Assert.Equal(ExitCodes.Failed, await RunAsync(run));

        Assert.StartsWith("Line 2 of 'runs/tiny-run1/dataset/rollout.jsonl'", (await run.StatusAsync()).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AfterItSucceeded_DoesNothingMore()
    {
        using var run = await TinyRun.CreateAsync();
        await RunAsync(run);
        var before = await run.StatusAsync();

        Assert.Equal(ExitCodes.Done, await RunAsync(run));

        Assert.Equal(before, await run.StatusAsync());
    }

    [Fact]
    public async Task Run_HeldByALiveTrainer_WritesNothing()
    {
        using var run = await TinyRun.CreateAsync();
        await using var other = await RunLease.TryAcquireAsync(run.Blobs, "runs/tiny-run1/lock", TimeProvider.System);

        Assert.Equal(ExitCodes.HeldByAnother, await RunAsync(run));

        Assert.Null(await run.Blobs.FindAsync("runs/tiny-run1/status.json"));
    }

    internal static async Task<int> RunAsync(TinyRun run) =>
        await new JobRunner(run.Blobs, await run.JobAsync(), TimeProvider.System, _ => { }, CancellationToken.None).RunAsync();
}
