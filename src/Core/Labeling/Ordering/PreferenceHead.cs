namespace Rlhf.Labeling.Ordering;

/// <summary>One judgement of two answers, as a head learns from it.</summary>
/// <param name="Difference">Features of the first answer less those of the second, (W).</param>
/// <param name="Preference">1 prefers the first, 0 the second, ½ a tie.</param>
/// <param name="Weight">1 a judgement, shared out over its pairs where there are more than two answers.</param>
public readonly record struct HeadExample(float[] Difference, float Preference, float Weight);

/// <summary>
/// A small Bradley–Terry model on features that stay as they are: the score of an answer is w · x, and P(first is better) = σ(w · (x₁ − x₂)) (Bradley and Terry 1952).
/// <code>
/// w = argmin Σ c (−p log σ(w·d) − (1−p) log σ(−w·d)) + λ/2 |w − a|²        p = ½ for a tie; a = 0 for the usual ridge
/// </code>
/// Newton's method, each step solved by conjugate gradients, so that no matrix of W × W is made, and halved until it helps: milliseconds for a thousand judgements.
/// </summary>
public static class PreferenceHead
{
    private const int MostSteps = 50;
    private const int MostDirections = 60;

    /// <summary>A step this much shorter than w is the last.</summary>
    private const float Settled = 1e-3f;

    private const float ShortestShare = 1f / 64;

    /// <param name="examples">All of one width W.</param>
    /// <param name="counts">c, one an example: how often a resample drew it, times its weight.</param>
    /// <param name="anchor">a, (W).</param>
    /// <param name="penalty">λ, above 0: the smallest curvature, so that there is one minimum.</param>
    /// <returns>w, (W).</returns>
    public static float[] Fit(IReadOnlyList<HeadExample> examples, float[] counts, float[] anchor, float penalty)
    {
        var weights = (float[])anchor.Clone();
        var curvature = new float[examples.Count];
        for (var step = 0; step < MostSteps; step++)
        {
            var downhill = Downhill(examples, counts, anchor, penalty, weights, curvature);
            var move = Solve(examples, curvature, penalty, downhill);
            if (!TryMove(weights, move, w => Loss(examples, counts, anchor, penalty, w)) || Vectors.Dot(move, move) <= Settled * Settled * Vectors.Dot(weights, weights)) break;
        }
        return weights;
    }

    public static float Sigmoid(float value) => 1 / (1 + MathF.Exp(-value));

    /// <summary>Goes as far of the way as makes the loss smaller. Where a judgement is far from what the head thinks, the curvature says little of what lies behind it.</summary>
    /// <returns>False where no part of it does: the head is at its minimum, as far as numbers tell.</returns>
    private static bool TryMove(float[] weights, float[] move, Func<float[], double> loss)
    {
        var before = loss(weights);
        for (var share = 1f; share >= ShortestShare; share /= 2)
        {
            var moved = (float[])weights.Clone();
            Vectors.Add(moved, share, move);
            if (!(loss(moved) < before)) continue;
            moved.CopyTo(weights, 0);
            return true;
        }
        return false;
    }

    private static double Loss(IReadOnlyList<HeadExample> examples, float[] counts, float[] anchor, float penalty, float[] weights)
    {
        var loss = 0.0;
        for (var i = 0; i < examples.Count; i++)
        {
            if (counts[i] == 0) continue;
            double margin = Vectors.Dot(weights, examples[i].Difference);
            // −p log σ(z) − (1−p) log σ(−z) = log(1 + e^z) − p z
            loss += counts[i] * (Math.Max(margin, 0) + Math.Log(1 + Math.Exp(-Math.Abs(margin))) - (examples[i].Preference * margin));
        }
        for (var i = 0; i < weights.Length; i++) loss += 0.5 * penalty * (weights[i] - anchor[i]) * (weights[i] - anchor[i]);
        return loss;
    }

    /// <returns>The negative gradient; <paramref name="curvature"/> becomes c σ (1−σ), one an example.</returns>
    private static float[] Downhill(IReadOnlyList<HeadExample> examples, float[] counts, float[] anchor, float penalty, float[] weights, float[] curvature)
    {
        var downhill = new float[weights.Length];
        for (var i = 0; i < examples.Count; i++)
        {
            curvature[i] = 0;
            if (counts[i] == 0) continue;
            var share = Sigmoid(Vectors.Dot(weights, examples[i].Difference));
            curvature[i] = counts[i] * share * (1 - share);
            Vectors.Add(downhill, counts[i] * (examples[i].Preference - share), examples[i].Difference);
        }
        Vectors.Add(downhill, penalty, anchor);
        Vectors.Add(downhill, -penalty, weights);
        return downhill;
    }

    /// <summary>Conjugate gradients (Hestenes and Stiefel 1952) for (Σ curvature · d dᵀ + λ) move = downhill.</summary>
    private static float[] Solve(IReadOnlyList<HeadExample> examples, float[] curvature, float penalty, float[] downhill)
    {
        var move = new float[downhill.Length];
        var residual = (float[])downhill.Clone();
        var direction = (float[])downhill.Clone();
        var left = Vectors.Dot(residual, residual);
        var enough = left * 1e-4f;
        for (var i = 0; i < MostDirections && left > enough; i++)
        {
            var bent = new float[direction.Length];
            Vectors.Add(bent, penalty, direction);
            for (var e = 0; e < examples.Count; e++)
                if (curvature[e] != 0) Vectors.Add(bent, curvature[e] * Vectors.Dot(direction, examples[e].Difference), examples[e].Difference);
            var length = left / Vectors.Dot(direction, bent);
            Vectors.Add(move, length, direction);
            Vectors.Add(residual, -length, bent);
            var now = Vectors.Dot(residual, residual);
            Vectors.ScaleAndAdd(direction, now / left, residual);
            left = now;
        }
        return move;
    }
}
