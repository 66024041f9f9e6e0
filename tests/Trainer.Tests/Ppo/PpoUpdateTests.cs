using Rlhf.Generation.Onnx;
using Rlhf.Trainer.Gpt2;
using Rlhf.Trainer.Models;
using Rlhf.Trainer.Optimization;
using Rlhf.Trainer.Ppo;
using Rlhf.Trainer.Reward;
using Rlhf.Training;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Tests.Ppo;

/// <summary>A minibatch goes through the models in parts of about the same length: that has to be the same step as all of it at once.</summary>
public sealed class PpoUpdateTests : IDisposable
{
    private const double Rate = 1e-3;
    private static readonly PpoSettings OneMinibatch = new() { Epochs = 1, MinibatchSize = 40 };
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();
    private readonly Gpt2Model start = new(new() { VocabularySize = 12, ContextLength = 24, Width = 16, LayerCount = 1, HeadCount = 2 }, seed: 3);
    private readonly Rollout[] rollouts;

    public PpoUpdateTests()
    {
        var random = new SeededRandom(5);
        int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(12))];
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextGaussian())];
        rollouts = [.. Enumerable.Range(0, 40).Select(_ => (Prompt: Tokens(1 + random.Next(8)), Length: 1 + random.Next(12))).Select(r => new Rollout(r.Prompt, Tokens(r.Length), true, [])
        {
            LogProbabilities = [.. Numbers(r.Length).Select(value => (0.1f * value) - 2.5f)],
            Values = Numbers(r.Length),
            Advantages = Numbers(r.Length),
            Returns = Numbers(r.Length),
        })];
    }

    public void Dispose()
    {
        start.Dispose();
        scope.Dispose();
    }

    [Fact]
    public void Apply_AnswersOfManyLengths_StepsThePolicyAsOneBatchWould()
    {
        using var policy = start.Clone();
        using var whole = start.Clone();
        using var optimizer = Optimizer(policy.Module);
        using var wholeOptimizer = Optimizer(whole.Module);

        var metrics = PpoUpdate.Apply(policy, optimizer, rollouts, OneMinibatch, 1, Rate, seed: 1);

        var batch = Batch();
        var (loss, clipFraction, _) = PpoMath.PolicyLoss(
            PpoMath.LogProbabilities(whole.Logits(batch.PredictingHidden(whole)), batch.Answers, 1), AnswerBatch.Pad([.. rollouts.Select(r => r.LogProbabilities)]),
            AnswerBatch.Pad([.. rollouts.Select(r => r.Advantages)]), batch.Mask, OneMinibatch.ClipRange);
        loss.backward();
        var norm = wholeOptimizer.Apply(Rate);
        Assert.Equal(loss.item<float>(), metrics["policyLoss"], 1e-5);
        Assert.Equal(clipFraction.item<float>(), metrics["clipFraction"], 1e-5);
        Assert.Equal(norm, metrics["gradientNorm"], 1e-4);
        AssertSameStep(Logits(start), Logits(whole), Logits(policy));
    }

    [Fact]
    public void Apply_AnswersOfManyLengths_StepsTheValueModelAsOneBatchWould()
    {
        using var reward = RewardModel.From(start, seed: 4);
        using var value = new ValueModel(reward);
        using var whole = new ValueModel(reward);
        using var optimizer = new AdamW(value.Parameters());
        using var wholeOptimizer = new AdamW(whole.Parameters());

        var reported = ValueUpdate.Apply(value, optimizer, rollouts, OneMinibatch, 1, Rate, seed: 1);

        var batch = Batch();
        var loss = PpoMath.ValueLoss(
            whole.Values(batch), AnswerBatch.Pad([.. rollouts.Select(r => r.Values)]), AnswerBatch.Pad([.. rollouts.Select(r => r.Returns)]), batch.Mask, OneMinibatch.ValueClipRange);
        loss.backward();
        wholeOptimizer.Apply(Rate);
        Assert.Equal(loss.item<float>(), reported, 1e-5);
        using var before = new ValueModel(reward);
        AssertSameStep(Torch.Values(before.Values(batch)), Torch.Values(whole.Values(batch)), Torch.Values(value.Values(batch)));
    }

    [Fact]
    public void Values_BeforeTraining_AreTheNormalisedRewardOfWhatIsThereSoFar()
    {
        using var reward = RewardModel.From(start, seed: 4);
        reward.Normalization = new(0.3, 0.7);
        using var value = new ValueModel(reward);

        var values = AnswerBatch.Cut(value.Values(Batch()), [.. rollouts.Select(r => r.Answer.Length)]);

        var soFar = rollouts.Select(r => (int[])[.. r.Prompt, .. r.Answer[..^1]]).ToList();
        var expected = RewardTrainer.RawScores(reward, soFar).Select(raw => reward.Normalization.Apply(raw));
        Assert.All(expected.Zip(values), pair => Assert.Equal(pair.First, pair.Second[^1], 1e-4));
    }

    private static AdamW Optimizer(nn.Module module) => new(module.named_parameters().Select(p => (p.name, p.parameter)));

    private AnswerBatch Batch() => AnswerBatch.Of([.. rollouts.Select(r => (r.Prompt, r.Answer))]);

    private float[] Logits(ICausalLanguageModel model) => Torch.Values(model.Logits(Batch().PredictingHidden(model)));

    // By what the models say: Adam's first step makes noise of a gradient that should be zero (keys' biases) as large as any, and there it has no effect.
    private static void AssertSameStep(float[] before, float[] whole, float[] parts)
    {
        var step = before.Zip(whole).Max(pair => Math.Abs(pair.First - pair.Second));
        var difference = parts.Zip(whole).Max(pair => Math.Abs(pair.First - pair.Second));
        Assert.True(step > 1e-2 && difference < step / 100, $"a step of {step:g3}, a difference of {difference:g3}");
    }
}
