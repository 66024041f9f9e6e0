using Rlhf.Generation.Onnx;
using Rlhf.Labeling.Ordering;

namespace Rlhf.Core.Tests.Labeling.Ordering;

public sealed class HeadEnsembleTests
{
    private const int Width = 8;
    private static readonly float[] Nothing = new float[Width];

    [Fact]
    public void Disagreement_WhereNobodyHasJudged_IsGreaterThanWhereManyHave()
    {
        // All judgements are about the first feature; the last varies a little and was never decisive.
        var heads = HeadEnsemble.Fit(Judged(300, random => [(float)random.NextGaussian(), 0, 0, 0, 0, 0, 0, (float)(0.01 * random.NextGaussian())]), 8, 1);

        var known = heads.Disagreement([Only(0, 1.5f), Nothing]);
        var unknown = heads.Disagreement([Only(7, 0.05f), Nothing]);

        Assert.True(unknown > 3 * known, $"{unknown} against {known}");
        Assert.InRange(unknown, 0, 0.25);
    }

    [Fact]
    public void Disagreement_SeveralAnswers_IsTheMeanOverTheirPairs()
    {
        var heads = HeadEnsemble.Fit(Judged(60, Any), 8, 1);
        IReadOnlyList<float[]> answers = [Only(0, 1), Only(1, 1), Only(2, 1)];

        var pairs = new[] { (0, 1), (0, 2), (1, 2) }.Select(p => heads.Disagreement([answers[p.Item1], answers[p.Item2]]));

        Assert.Equal(pairs.Average(), heads.Disagreement(answers), 1e-9);
    }

    [Fact]
    public void Fit_SameSeed_GivesTheSameHeads()
    {
        var judged = Judged(80, Any);
        Assert.Equal(Of(1), Of(1));
        Assert.NotEqual(Of(1), Of(2));

        double Of(long seed) => HeadEnsemble.Fit(judged, 8, seed).Disagreement([Only(3, 1), Nothing]);
    }

    [Fact]
    public void Accuracy_OfWhatHeadsHaveNotSeen_IsHighWhereThereIsARuleAndHalfWhereThereIsNone()
    {
        Assert.InRange(HeadEnsemble.Fit(Judged(400, Any), 8, 1).Accuracy!.Value, 0.9, 1);
        var random = new SeededRandom(9);
        IReadOnlyList<HeadExample>[] chance = [.. Enumerable.Range(0, 400).Select(_ => (IReadOnlyList<HeadExample>)[new(Any(random), random.Next(2), 1)])];
        Assert.InRange(HeadEnsemble.Fit(chance, 8, 1).Accuracy!.Value, 0.38, 0.62);
        Assert.Null(HeadEnsemble.Fit(Judged(5, Any), 8, 1).Accuracy);
    }

    [Fact]
    public void Fit_AFeatureThatNeverVaries_SaysNothing()
    {
        var heads = HeadEnsemble.Fit(Judged(60, random => [.. Any(random)[..7], 0]), 4, 1);
        Assert.Equal(0, heads.Disagreement([Only(7, 100), Nothing]), 1e-12);
    }

    /// <summary>The first feature decides.</summary>
    private static IReadOnlyList<IReadOnlyList<HeadExample>> Judged(int count, Func<SeededRandom, float[]> draw)
    {
        var random = new SeededRandom(7);
        return [.. Enumerable.Range(0, count).Select(_ => draw(random)).Select(d => (IReadOnlyList<HeadExample>)[new(d, d[0] > 0 ? 1 : 0, 1)])];
    }

    private static float[] Any(SeededRandom random) => [.. Enumerable.Range(0, Width).Select(_ => (float)random.NextGaussian())];

    private static float[] Only(int feature, float value)
    {
        var features = new float[Width];
        features[feature] = value;
        return features;
    }
}
