using Rlhf.Generation.Onnx;

namespace Rlhf.Labeling.Ordering;

/// <summary>
/// Several <see cref="PreferenceHead"/>s that agree where the judgements so far say something and differ where they don't.
/// <para>Each is fitted on a bootstrap resample of the comparisons (Efron 1979), and towards an anchor of its own drawn from the prior: without anchors all heads would shrink to the same 0 in directions
/// that no judgement has touched, and would agree most where least is known (Osband et al. 2018, "Randomized prior functions"; Pearce et al. 2020, "Uncertainty in neural networks: approximately Bayesian ensembling").</para>
/// </summary>
public sealed class HeadEnsemble
{
    /// <summary>Prior variance of the difference of two answers' scores: before anybody has judged, P(first is better) may be anything, but seldom near 0 or 1.</summary>
    private const float PriorVariance = 2;

    private const int FewestForetold = 20;

    private readonly float[] scale;
    private readonly IReadOnlyList<Member> members;

    private HeadEnsemble(float[] scale, IReadOnlyList<Member> members) => (this.scale, this.members) = (scale, members);

    /// <summary>Share of preferences that the heads foretold whose resample had not drawn them (Breiman 1996, "Out-of-bag estimation"); ties are left out. Null where there are fewer than <see cref="FewestForetold"/>.</summary>
    public double? Accuracy { get; private init; }

    /// <param name="comparisons">The examples of each judged comparison; they stay together in a resample. At least one.</param>
    /// <param name="seed">The same comparisons and seed give the same heads.</param>
    public static HeadEnsemble Fit(IReadOnlyList<IReadOnlyList<HeadExample>> comparisons, int members, long seed)
    {
        var scale = ScaleOf(comparisons);
        var examples = comparisons.SelectMany(c => c).Select(e => e with { Difference = Scaled(e.Difference, scale) }).ToList();
        var penalty = scale.Length / PriorVariance;
        var fitted = Enumerable.Range(0, members).AsParallel().AsOrdered().Select(member => FitOne(comparisons, examples, penalty, SeededRandom.Combine(seed, member))).ToList();
        return new(scale, fitted) { Accuracy = AccuracyOf(comparisons, examples, fitted) };
    }

    /// <summary>How far the heads differ over a comparison: the variance over heads of P(first is better), averaged over its pairs of answers; 0 to ¼.</summary>
    /// <param name="answers">Features of each answer, (W); at least two.</param>
    public double Disagreement(IReadOnlyList<float[]> answers)
    {
        var variances = new List<double>();
        for (var i = 0; i < answers.Count; i++)
            for (var j = i + 1; j < answers.Count; j++) variances.Add(Variance(Scaled(Difference(answers[i], answers[j]), scale)));
        return variances.Average();
    }

    /// <summary>The heads' mean score of the first answer over the second, in logits.</summary>
    public double Margin(float[] first, float[] second)
    {
        var difference = Scaled(Difference(first, second), scale);
        return members.Average(m => (double)Vectors.Dot(m.Weights, difference));
    }

    public static float[] Difference(float[] first, float[] second)
    {
        var difference = (float[])first.Clone();
        Vectors.Add(difference, -1, second);
        return difference;
    }

    private double Variance(float[] difference)
    {
        var shares = members.Select(m => (double)PreferenceHead.Sigmoid(Vectors.Dot(m.Weights, difference))).ToList();
        var mean = shares.Average();
        return shares.Sum(s => (s - mean) * (s - mean)) / shares.Count;
    }

    private static Member FitOne(IReadOnlyList<IReadOnlyList<HeadExample>> comparisons, List<HeadExample> examples, float penalty, long seed)
    {
        var random = new SeededRandom(seed);
        var drawn = new int[comparisons.Count];
        for (var i = 0; i < drawn.Length; i++) drawn[random.Next(drawn.Length)]++;
        var counts = comparisons.SelectMany((c, i) => c.Select(e => drawn[i] * e.Weight)).ToArray();
        var anchor = Enumerable.Range(0, examples[0].Difference.Length).Select(_ => (float)(random.NextGaussian() / Math.Sqrt(penalty))).ToArray();
        return new(PreferenceHead.Fit(examples, counts, anchor, penalty), drawn);
    }

    private static double? AccuracyOf(IReadOnlyList<IReadOnlyList<HeadExample>> comparisons, List<HeadExample> examples, List<Member> members)
    {
        var of = comparisons.SelectMany((c, i) => Enumerable.Repeat(i, c.Count)).ToArray();
        var (right, foretold) = (0.0, 0);
        for (var e = 0; e < examples.Count; e++)
        {
            if (examples[e].Preference == 0.5f || members.FindAll(m => m.Drawn[of[e]] == 0) is not { Count: > 0 } unseen) continue;
            var margin = unseen.Sum(m => (double)Vectors.Dot(m.Weights, examples[e].Difference));
            right += margin == 0 ? 0.5 : margin > 0 == examples[e].Preference > 0.5f ? 1 : 0;
            foretold++;
        }
        return foretold < FewestForetold ? null : right / foretold;
    }

    /// <summary>1 / root mean square of each feature's difference, so that all weigh alike at first; 0 for one that never differs.</summary>
    private static float[] ScaleOf(IReadOnlyList<IReadOnlyList<HeadExample>> comparisons)
    {
        var squares = new double[comparisons[0][0].Difference.Length];
        var count = 0;
        foreach (var example in comparisons.SelectMany(c => c))
        {
            count++;
            for (var i = 0; i < squares.Length; i++) squares[i] += example.Difference[i] * example.Difference[i];
        }
        return [.. squares.Select(s => s == 0 ? 0 : (float)(1 / Math.Sqrt(s / count)))];
    }

    private static float[] Scaled(float[] difference, float[] scale)
    {
        var scaled = new float[difference.Length];
        for (var i = 0; i < scaled.Length; i++) scaled[i] = difference[i] * scale[i];
        return scaled;
    }

    /// <param name="Drawn">How often its resample drew each comparison.</param>
    private sealed record Member(float[] Weights, int[] Drawn);
}
