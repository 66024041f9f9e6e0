using Rlhf.Generation;
using Rlhf.Generation.Onnx;

namespace Rlhf.Core.Tests.Generation.Onnx;

public class TokenSamplerTests
{
    private static readonly float[] Logits = [0, 2, 1, -1];

    [Fact]
    public void Draw_ManyTimes_FollowsTheSoftmaxAtTheTemperature()
    {
        const int draws = 40_000;
        var random = new SeededRandom(3);
        var counts = new double[4];
        for (var i = 0; i < draws; i++) counts[TokenSampler.Draw(Logits, new SamplingSettings(Temperature: 0.5), random.NextDouble()).Token]++;

        var weights = Logits.Select(logit => Math.Exp(logit / 0.5)).ToArray();
        for (var token = 0; token < 4; token++) Assert.Equal(weights[token] / weights.Sum(), counts[token] / draws, 0.01);
    }

    [Fact]
    public void Draw_LogProbability_IsThatOfTheWholeDistribution()
    {
        var (token, logProbability) = TokenSampler.Draw(Logits, new SamplingSettings(TopK: 1), 0.9);

        Assert.Equal(1, token);
        Assert.Equal(2 - Math.Log(Logits.Sum(logit => Math.Exp(logit))), logProbability, 1e-5);
    }

    [Theory]
    [InlineData(2, 1.0, new[] { 1, 2 })]
    [InlineData(0, 0.6, new[] { 1 })]
    [InlineData(0, 0.9, new[] { 1, 2, 0 })]
    [InlineData(3, 0.7, new[] { 1, 2 })]
    public void Draw_CutDistribution_OnlyGivesWhatIsLeft(int topK, double topP, int[] expected)
    {
        var random = new SeededRandom(3);
        var drawn = Enumerable.Range(0, 2_000).Select(_ => TokenSampler.Draw(Logits, new SamplingSettings(TopP: topP, TopK: topK), random.NextDouble()).Token).Distinct();

        Assert.Equal(expected.Order(), drawn.Order());
    }

    [Fact]
    public void Draw_TemperatureZero_TakesTheLikeliest() =>
        Assert.Equal(1, TokenSampler.Draw(Logits, new SamplingSettings(Temperature: 0), 0.999).Token);

    [Fact]
    public void SeededRandom_SameSeed_GivesTheSameNumbersEverywhere()
    {
        var random = new SeededRandom(42);
        Assert.Equal([.. Enumerable.Range(0, 3).Select(_ => random.NextBits())], Numbers(42));
        Assert.NotEqual(Numbers(42), Numbers(43));
        Assert.NotEqual(SeededRandom.Combine(1, 2), SeededRandom.Combine(2, 1));
    }

    [Fact]
    public void SeededRandom_Gaussian_HasMeanZeroAndVarianceOne()
    {
        var random = new SeededRandom(1);
        var numbers = Enumerable.Range(0, 20_000).Select(_ => random.NextGaussian()).ToList();
        Assert.Equal(0, numbers.Average(), 0.03);
        Assert.Equal(1, numbers.Average(number => number * number), 0.05);
    }

    private static ulong[] Numbers(long seed)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, 3).Select(_ => random.NextBits())];
    }
}
