using Rlhf.Generation.Onnx;
using Rlhf.Trainer.Gpt2;
using Rlhf.Trainer.Reward;
using Rlhf.Training;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Tests.Reward;

public class RewardTrainerTests
{
    private static readonly RewardSettings Quick = new() { Epochs = 3, BatchSize = 16, LearningRate = 3e-3 };

    [Fact]
    public void Pairwise_RandomPairs_IsTheLogisticLossByHand()
    {
        using var scope = NewDisposeScope();
        float[] difference = [1.5f, -0.3f, 0, 4], preference = [1, 0.75f, 0.5f, 1], weight = [1, 0.5f, 0.5f, 2], margin = [0, 0.3f, 0, 1];

        var loss = PreferenceLoss.Pairwise(tensor(difference), tensor(preference), tensor(weight), tensor(margin)).item<float>();

        double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
        var sum = difference.Select((d, i) => weight[i] * ((-preference[i] * Math.Log(Sigmoid(d - margin[i]))) - ((1 - preference[i]) * Math.Log(Sigmoid(margin[i] - d))))).Sum();
        Assert.Equal(sum / weight.Sum(), loss, 1e-5);
    }

    [Fact]
    public void Accuracy_TiesAndWeights_CountAsTheyShould() =>
        Assert.Equal((1.0 + 0.5) / 3.5, PreferenceLoss.Accuracy([2, -1, 0], [1, 1.5, 1]), 1e-9);

    [Fact]
    public void From_Start_HasAHeadOfTheStatedSpread()
    {
        using var start = Start(width: 256);
        using var model = RewardModel.From(start, 1);

        var values = Torch.Values(model.Head);
        Assert.Equal(1 / Math.Sqrt(257), Math.Sqrt(values.Average(v => v * v)), 0.01);
    }

    [Fact]
    public async Task Train_ToyPreference_RanksUnseenPairsAndNormalises()
    {
        using var start = Start();
        var unseen = Comparisons(50, seed: 2);

        using var model = await RewardTrainer.TrainAsync(start, Comparisons(200, seed: 1), Comparisons(30, seed: 3), Quick, 1, new RecordingProgress());
        var sequences = unseen.SelectMany(comparison => comparison.Sequences).ToList();
        RewardTrainer.Normalize(model, sequences);

        Assert.True(RewardTrainer.Evaluate(model, unseen).Accuracy > 0.9);
        var normalized = RewardTrainer.RawScores(model, sequences).Select(raw => model.Normalization.Apply(raw)).ToList();
        Assert.Equal(0, normalized.Average(), 1e-3);
        Assert.Equal(1, normalized.Average(score => score * score), 1e-2);
    }

    [Fact]
    public async Task Train_Resumed_GivesTheSameWeights()
    {
        using var start = Start();
        var (train, validation) = (Comparisons(60, seed: 1), Comparisons(30, seed: 3));
        using var whole = await RewardTrainer.TrainAsync(start, train, validation, Quick, 1, new RecordingProgress());
        var stopped = new RecordingProgress(stopAfter: 6);
        await Assert.ThrowsAsync<OperationCanceledException>(() => RewardTrainer.TrainAsync(start, train, validation, Quick, 1, stopped));

        using var resumed = await RewardTrainer.TrainAsync(start, train, validation, Quick, 1, new RecordingProgress(stopped.Stopped));

        Assert.Equal(whole.Parameters().SelectMany(p => Torch.Values(p.Parameter)), resumed.Parameters().SelectMany(p => Torch.Values(p.Parameter)));
    }

    [Fact]
    public async Task Train_LearningRateFarTooHigh_SaysTheStepAndWhatToLower()
    {
        using var start = Start();

        var error = await Assert.ThrowsAsync<RlhfException>(
            () => RewardTrainer.TrainAsync(start, Comparisons(60, seed: 1), [], Quick with { LearningRate = 1e30 }, 1, new RecordingProgress()));

        Assert.Equal("training-diverged", error.Code);
        Assert.Contains("step 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("reward.learningRate", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_BatchedComparisons_ScoresEachAsAlone()
    {
        using var start = Start();
        using var model = RewardModel.From(start, 1);
        var sequences = Comparisons(20, seed: 1).SelectMany(comparison => comparison.Sequences).ToList();

        var together = RewardTrainer.RawScores(model, sequences);

        for (var i = 0; i < sequences.Count; i++) Assert.Equal(RewardTrainer.RawScores(model, [sequences[i]])[0], together[i], 1e-5f);
    }

    private static Gpt2Model Start(int width = 32) => new(new() { VocabularySize = 12, ContextLength = 16, Width = width, LayerCount = 1, HeadCount = 2 }, seed: 3);

    /// <summary>More 7s win.</summary>
    private static List<RewardComparison> Comparisons(int count, long seed)
    {
        var random = new SeededRandom(seed);
        int[] Answer(double share) => [2, .. Enumerable.Range(0, 3 + random.Next(6)).Select(_ => random.NextDouble() < share ? 7 : 8), 1];
        return [.. Enumerable.Range(0, count).Select(_ => new RewardComparison([Answer(0.85), Answer(0.15)], [new(0, 1, 1, 1)]))];
    }
}
