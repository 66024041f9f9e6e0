using Rlhf.Generation.Onnx;
using Rlhf.Labeling.Ordering;

namespace Rlhf.Core.Tests.Labeling.Ordering;

public sealed class PreferenceHeadTests
{
    private const int Width = 21;

    [Fact]
    public void Fit_JudgementsByAKnownDirection_FindsIt()
    {
        var (random, truth) = (new SeededRandom(1), Draw(new SeededRandom(2), 1));
        var examples = Enumerable.Range(0, 4_000).Select(_ => Draw(random, 1)).Select(d => new HeadExample(d, random.NextDouble() < PreferenceHead.Sigmoid(Dot(truth, d)) ? 1 : 0, 1)).ToList();

        var fitted = PreferenceHead.Fit(examples, Ones(examples), new float[Width], penalty: 0.01f);

        for (var i = 0; i < Width; i++) Assert.Equal(truth[i], fitted[i], 0.25f);
    }

    [Fact]
    public void Fit_OnlyTies_SeesNoDifference()
    {
        var random = new SeededRandom(3);
        var examples = Enumerable.Range(0, 500).Select(_ => new HeadExample(Draw(random, 1), 0.5f, 1)).ToList();

        var fitted = PreferenceHead.Fit(examples, Ones(examples), Draw(random, 1), penalty: 0.01f);

        Assert.All(fitted, w => Assert.Equal(0, w, 1e-2f));
    }

    [Fact]
    public void Fit_NothingJudgedInADirection_StaysAtItsAnchorThere()
    {
        var anchor = Draw(new SeededRandom(4), 1);
        var examples = Enumerable.Range(0, 50).Select(i => new HeadExample([i % 2 == 0 ? 1 : -1, .. new float[Width - 1]], i % 2 == 0 ? 1 : 0, 1)).ToList();

        var fitted = PreferenceHead.Fit(examples, Ones(examples), anchor, penalty: 1);

        Assert.Equal(anchor[1..], fitted[1..]);
        Assert.True(fitted[0] > anchor[0]);
    }

    /// <summary>Newton's whole step goes far astray here.</summary>
    [Fact]
    public void Fit_SomeJudgementsFarOff_GoesDownAllTheSame()
    {
        var random = new SeededRandom(5);
        var truth = Draw(random, 1);
        var examples = Enumerable.Range(0, 300).Select(i => Draw(random, i % 10 == 0 ? 60 : 1)).Select(d => new HeadExample(d, Dot(truth, d) > 0 ? 1 : 0, 1)).ToList();
        var anchor = Draw(random, 5);

        var fitted = PreferenceHead.Fit(examples, Ones(examples), anchor, penalty: 0.5f);

        // Far enough down that the order by it no longer changes.
        Assert.True(Slope(fitted) < 0.01 * Slope(anchor), $"{Slope(fitted)} of {Slope(anchor)}");
        Assert.All(examples, e => Assert.True(e.Preference == 1 == Dot(fitted, e.Difference) > 0 || Math.Abs(Dot(truth, e.Difference)) < 2));

        double Slope(float[] weights) => Math.Sqrt(Enumerable.Range(0, Width).Sum(i => Math.Pow(
            (0.5 * (weights[i] - anchor[i])) + examples.Sum(e => (PreferenceHead.Sigmoid(Dot(weights, e.Difference)) - e.Preference) * e.Difference[i]), 2)));
    }

    [Fact]
    public void Fit_AnExampleThatCountsTwice_IsAsIfItStoodThereTwice()
    {
        var random = new SeededRandom(6);
        var examples = Enumerable.Range(0, 40).Select(i => new HeadExample(Draw(random, 1), i % 3 == 0 ? 0 : 1, 1)).ToList();

        var counted = PreferenceHead.Fit(examples, [.. examples.Select((_, i) => i < 20 ? 2f : 0f)], new float[Width], 1);
        var repeated = PreferenceHead.Fit([.. examples.Take(20), .. examples.Take(20)], [.. Enumerable.Repeat(1f, 40)], new float[Width], 1);

        for (var i = 0; i < Width; i++) Assert.Equal(repeated[i], counted[i], 1e-3f);
    }

    private static float[] Ones(List<HeadExample> examples) => [.. examples.Select(_ => 1f)];

    private static float[] Draw(SeededRandom random, double scale) => [.. Enumerable.Range(0, Width).Select(_ => (float)(scale * random.NextGaussian()))];

    private static float Dot(float[] first, float[] second) => first.Zip(second, (a, b) => a * b).Sum();
}
