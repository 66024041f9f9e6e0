using Rlhf.Generation.Onnx;
using Rlhf.Trainer.Gpt2;
using Rlhf.Trainer.Models;
using Rlhf.Trainer.Ppo;
using Rlhf.Trainer.Reward;
using Rlhf.Training;

namespace Rlhf.Trainer.Tests.Ppo;

/// <summary>A toy: twelve tokens, and a reward model that was taught to like token 7 and dislike token 8.</summary>
public class PpoTrainerTests
{
    private const int End = 1, Liked = 7, Disliked = 8;
    private static readonly int[][] Prompts = [[2, 3], [2, 4], [2, 5], [2, 6]];
    private static readonly PpoSettings Quick = new()
    {
        Steps = 30,
        RolloutsPerStep = 32,
        MinibatchSize = 16,
        MaximumAnswerTokens = 8,
        LearningRate = 3e-3,
        KlCoefficient = 0.02,
    };

    [Fact]
    public async Task Train_ToyReward_LearnsToWriteWhatIsLiked()
    {
        using var start = Start();
        using var reward = await RewardAsync(start);
        var progress = new RecordingProgress();

        using var tuned = await PpoTrainer.TrainAsync(start, Prompts, reward, End, Quick, seed: 1, progress);

        var (first, last) = (progress.Reports.Take(3).Average(r => r.Values["reward"]), progress.Reports.TakeLast(3).Average(r => r.Values["reward"]));
        Assert.True(last > first + 0.8, $"reward {first:f2} -> {last:f2}");
        Assert.All(progress.Reports, report =>
        {
            Assert.Equal(0, report.Values["firstRatioError"]);
            Assert.Equal(0, report.Values["firstClipFraction"]);
            Assert.InRange(report.Values["generatorGap"], 0, 1e-3);
        });
    }

    [Fact]
    public async Task Train_HigherKlCoefficient_StaysNearer()
    {
        using var start = Start();
        using var reward = await RewardAsync(start);

        using var free = await PpoTrainer.TrainAsync(start, Prompts, reward, End, Quick with { KlCoefficient = 0 }, 1, new RecordingProgress());
        using var held = await PpoTrainer.TrainAsync(start, Prompts, reward, End, Quick with { KlCoefficient = 1 }, 1, new RecordingProgress());

        var prompts = Enumerable.Repeat(Prompts, 16).SelectMany(p => p).ToList();
        Assert.True(PolicyKl.Mean(held, start, prompts, 8, End, 5) < 0.5 * PolicyKl.Mean(free, start, prompts, 8, End, 5));
    }

    [Fact]
    public async Task Train_PolicyThatHardlyMoves_TeachesTheValueModelWhatAnswersWillBeWorth()
    {
        using var start = Start();
        using var reward = await RewardAsync(start);
        var progress = new RecordingProgress();

        using var tuned = await PpoTrainer.TrainAsync(start, Prompts, reward, End, Quick with { LearningRate = 1e-5, ValueLearningRate = 3e-3 }, 1, progress);

        var (first, last) = (progress.Reports[0].Values["explained"], progress.Reports.TakeLast(10).Average(report => report.Values["explained"]));
        Assert.True(last > 0 && last > first + 0.5, $"explained {first:f2} -> {last:f2}");
    }

    [Fact]
    public async Task Train_SameSeedOrResumed_GivesTheSameWeights()
    {
        using var start = Start();
        using var reward = await RewardAsync(start);
        var settings = Quick with { Steps = 6, TargetKl = 1 };
        using var whole = await PpoTrainer.TrainAsync(start, Prompts, reward, End, settings, 1, new RecordingProgress());
        using var again = await PpoTrainer.TrainAsync(start, Prompts, reward, End, settings, 1, new RecordingProgress());
        using var other = await PpoTrainer.TrainAsync(start, Prompts, reward, End, settings, 2, new RecordingProgress());
        var stopped = new RecordingProgress(stopAfter: 3);
        await Assert.ThrowsAsync<OperationCanceledException>(() => PpoTrainer.TrainAsync(start, Prompts, reward, End, settings, 1, stopped));

        using var resumed = await PpoTrainer.TrainAsync(start, Prompts, reward, End, settings, 1, new RecordingProgress(stopped.Stopped));

        Assert.Equal(Weights(whole), Weights(again));
        Assert.Equal(Weights(whole), Weights(resumed));
        Assert.NotEqual(Weights(whole), Weights(other));
    }

    [Fact]
    public async Task Train_LearningRateFarTooHigh_SaysTheStepAndWhatToLower()
    {
        using var start = Start();
        using var reward = await RewardAsync(start);

        var error = await Assert.ThrowsAsync<RlhfException>(
            () => PpoTrainer.TrainAsync(start, Prompts, reward, End, Quick with { LearningRate = 1e30 }, 1, new RecordingProgress()));

        Assert.Equal("training-diverged", error.Code);
        Assert.Contains("step 1 ", error.Message, StringComparison.Ordinal);
        Assert.Contains("ppo.learningRate", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_StepAfterStep_KeepsTheNumberOfLiveTensors()
    {
        using var start = Start();
        using var reward = await RewardAsync(start);
        var progress = new CountingProgress();

        using var tuned = await PpoTrainer.TrainAsync(start, Prompts, reward, End, Quick with { Steps = 8 }, 1, progress);

        // The first step makes the gradients, which stay.
        Assert.Single(progress.Counts.Skip(1).Distinct());
    }

    [Fact]
    public void Draw_OverManySteps_TakesEveryPromptEquallyOften()
    {
        int[][] prompts = [.. Enumerable.Range(0, 10).Select(i => (int[])[i])];

        var drawn = Enumerable.Range(0, 10).SelectMany(step => PpoTrainer.Draw(prompts, seed: 4, step, count: 7)).Select(prompt => prompt[0]).ToList();

        Assert.All(drawn.GroupBy(prompt => prompt), group => Assert.Equal(7, group.Count()));
        Assert.Equal(10, drawn.Take(10).Distinct().Count());
    }

    private static Gpt2Model Start() => new(new() { VocabularySize = 12, ContextLength = 16, Width = 32, LayerCount = 1, HeadCount = 2 }, seed: 3);

    private static async Task<RewardModel> RewardAsync(Gpt2Model start)
    {
        var random = new SeededRandom(9);
        int[] Answer(int word) => [.. Prompts[random.Next(4)], .. Enumerable.Range(0, 1 + random.Next(6)).Select(_ => random.NextDouble() < 0.6 ? word : 2 + random.Next(10)), End];
        var comparisons = Enumerable.Range(0, 200).Select(_ => new RewardComparison([Answer(Liked), Answer(Disliked)], [new(0, 1, 1, 1)])).ToList();
        var model = await RewardTrainer.TrainAsync(start, comparisons, [], new RewardSettings { Epochs = 4, LearningRate = 3e-3 }, 1, new RecordingProgress());
        RewardTrainer.Normalize(model, [.. comparisons.SelectMany(comparison => comparison.Sequences)]);
        return model;
    }

    private static float[] Weights(ICausalLanguageModel model) => [.. model.Module.parameters().SelectMany(Torch.Values)];

    private sealed class CountingProgress : ITrainingProgress
    {
        public List<long> Counts { get; } = [];

        public TrainingState? Resume() => null;

        public Task StepAsync(StepReport report, Func<TrainingState> state)
        {
            Counts.Add(TorchSharp.DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
            return Task.CompletedTask;
        }
    }
}
