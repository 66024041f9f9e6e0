using Rlhf.Generation.Onnx;
using Rlhf.Trainer.Ppo;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Tests.Ppo;

/// <summary>Each batched formula against a loop over single numbers.</summary>
public sealed class PpoMathTests : IDisposable
{
    private const int Answers = 4, Length = 6, Vocabulary = 9;
    private static readonly int[] Lengths = [6, 1, 4, 3];
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();
    private readonly SeededRandom random = new(17);
    private readonly float[][] mask = [.. Lengths.Select(length => Enumerable.Range(0, Length).Select(t => t < length ? 1f : 0f).ToArray())];

    public void Dispose() => scope.Dispose();

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.7)]
    public void LogProbabilitiesAndEntropy_OfRandomLogits_AreSoftmaxsByHand(double temperature)
    {
        var logits = Enumerable.Range(0, Answers * Length).Select(_ => Numbers(Vocabulary)).ToArray();
        var tokens = logits.Select(_ => (long)random.Next(Vocabulary)).ToArray();

        var batched = tensor(logits.SelectMany(row => row).ToArray(), [Answers, Length, Vocabulary]);
        var logProbabilities = Torch.Values(PpoMath.LogProbabilities(batched, tensor(tokens, [Answers, Length]), temperature));
        var entropy = Torch.Values(PpoMath.Entropy(batched, temperature));

        for (var i = 0; i < logits.Length; i++)
        {
            var weights = logits[i].Select(value => Math.Exp(value / temperature)).ToArray();
            Assert.Equal(Math.Log(weights[tokens[i]] / weights.Sum()), logProbabilities[i], 1e-5);
            Assert.Equal(weights.Sum(weight => -weight / weights.Sum() * Math.Log(weight / weights.Sum())), entropy[i], 1e-5);
        }
    }

    [Fact]
    public void TokenRewards_RaggedAnswers_PutTheScoreOnTheLastTokenAndKlOnAll()
    {
        var (policy, reference, scores) = (Rows(), Rows(), Numbers(Answers));

        var rewards = Torch.Values(PpoMath.TokenRewards(Padded(policy), Padded(reference), tensor(scores), Padded(mask), 0.3));

        for (var i = 0; i < Answers; i++)
        {
            for (var t = 0; t < Length; t++)
            {
                var expected = t >= Lengths[i] ? 0 : (-0.3 * (policy[i][t] - reference[i][t])) + (t == Lengths[i] - 1 ? scores[i] : 0);
                Assert.Equal(expected, rewards[(i * Length) + t], 1e-5);
            }
        }
    }

    [Theory]
    [InlineData(1.0, 0.95)]
    [InlineData(0.9, 0.5)]
    public void Advantages_RaggedAnswers_AreTheSumOfDiscountedErrors(double gamma, double lambda)
    {
        var (rewards, values) = (Rows(), Rows());

        var advantages = Torch.Values(PpoMath.Advantages(Padded(rewards), Padded(values), Padded(mask), gamma, lambda));

        for (var i = 0; i < Answers; i++)
        {
            for (var t = 0; t < Length; t++)
            {
                double expected = 0;
                for (var k = t; k < Lengths[i]; k++)
                {
                    var next = k + 1 < Lengths[i] ? values[i][k + 1] : 0;
                    expected += Math.Pow(gamma * lambda, k - t) * (rewards[i][k] + (gamma * next) - values[i][k]);
                }

                Assert.Equal(expected, advantages[(i * Length) + t], 1e-4);
            }
        }
    }

    [Fact]
    public void Whiten_RaggedAnswers_HasMeanZeroAndVarianceOneOverTheMask()
    {
        var whitened = Torch.Values(PpoMath.Whiten(Padded(Rows()), Padded(mask)));

        var inside = whitened.Where((_, i) => i % Length < Lengths[i / Length]).ToArray();
        Assert.Equal(0, inside.Average(), 1e-5);
        Assert.Equal(1, inside.Average(value => value * value), 1e-4);
        Assert.All(whitened.Where((_, i) => i % Length >= Lengths[i / Length]), value => Assert.Equal(0, value));
    }

    [Fact]
    public void PolicyLoss_RandomRatios_ClipsWhatGoesTooFar()
    {
        var (now, old, advantages) = (Rows(), Rows(), Rows());

        var (loss, clipFraction, _) = PpoMath.PolicyLoss(Padded(now), Padded(old), Padded(advantages), Padded(mask), 0.2);

        double sum = 0, clipped = 0;
        for (var i = 0; i < Answers; i++)
        {
            for (var t = 0; t < Lengths[i]; t++)
            {
                var ratio = Math.Exp(now[i][t] - old[i][t]);
                sum -= Math.Min(ratio * advantages[i][t], Math.Clamp(ratio, 0.8, 1.2) * advantages[i][t]);
                clipped += Math.Abs(ratio - 1) > 0.2 ? 1 : 0;
            }
        }

        Assert.Equal(sum / Lengths.Sum(), loss.item<float>(), 1e-4);
        Assert.Equal(clipped / Lengths.Sum(), clipFraction.item<float>(), 1e-5);
    }

    [Fact]
    public void ValueLoss_RandomValues_TakesTheWorseOfClippedAndNot()
    {
        var (values, old, returns) = (Rows(), Rows(), Rows());

        var loss = PpoMath.ValueLoss(Padded(values), Padded(old), Padded(returns), Padded(mask), 0.2).item<float>();

        double sum = 0;
        for (var i = 0; i < Answers; i++)
        {
            for (var t = 0; t < Lengths[i]; t++)
            {
                var clipped = old[i][t] + Math.Clamp(values[i][t] - old[i][t], -0.2, 0.2);
                sum += Math.Max(Math.Pow(values[i][t] - returns[i][t], 2), Math.Pow(clipped - returns[i][t], 2));
            }
        }

        Assert.Equal(sum / Lengths.Sum() / 2, loss, 1e-4);
    }

    [Theory]
    [InlineData(new float[] { 1, 2, 3, 6 }, 1)]
    [InlineData(new float[] { 3, 3, 3, 3 }, 0)]
    [InlineData(new float[] { 1, 2, 3, 4 }, 1 - (4.0 / 14))]
    [InlineData(new float[] { 6, 3, 2, 1 }, 1 - (52.0 / 14))]
    public void ExplainedVariance_KnownValues_IsOneForAllAndZeroForTheMean(float[] values, double expected) =>
        Assert.Equal(expected, PpoMath.ExplainedVariance(values, [1, 2, 3, 6]), 1e-9);

    [Fact]
    public void ExplainedVariance_ReturnsThatDoNotVary_IsZero() => Assert.Equal(0, PpoMath.ExplainedVariance([1, 2], [4, 4]));

    [Theory]
    [InlineData(9, true, 5)]
    [InlineData(9, false, 3)]
    [InlineData(-9, false, -7)]
    [InlineData(0.5, true, 0.5)]
    public void Score_ClipsFirstAndPunishesAMissingEndAfter(double reward, bool ended, double expected) =>
        Assert.Equal(expected, PpoMath.Score(reward, ended, clip: 5, missingEndPenalty: 2));

    [Fact]
    public void AdaptiveKl_AboveAndBelowTheTarget_RisesAndFalls()
    {
        var control = KlControl.Create(0.1, target: 4);

        control.Update(8, 64);
        Assert.Equal(0.1 * 1.02, control.Coefficient, 1e-9);
        control.Update(3.8, 64);
        Assert.Equal(0.1 * 1.02 * (1 - 0.005), control.Coefficient, 1e-9);
    }

    [Fact]
    public void FixedKl_WhateverHappens_StaysAsItIs()
    {
        var control = KlControl.Create(0.1, target: null);
        control.Update(100, 64);
        Assert.Equal(0.1, control.Coefficient);
    }

    private float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextGaussian())];

    private float[][] Rows() => [.. Enumerable.Range(0, Answers).Select(_ => Numbers(Length))];

    private static Tensor Padded(float[][] rows) => AnswerBatch.Pad(rows);
}
