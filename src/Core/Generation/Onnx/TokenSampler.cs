namespace Rlhf.Generation.Onnx;

/// <summary>Draws the next token. Pure but for the random numbers it is given.</summary>
public static class TokenSampler
{
    /// <summary>Draws from softmax(logits / temperature), cut to <see cref="SamplingSettings.TopK"/> and then to <see cref="SamplingSettings.TopP"/>; temperature 0 takes the likeliest.</summary>
    /// <param name="logits">(vocabulary).</param>
    /// <param name="uniform">A random number in [0, 1).</param>
    /// <returns>The token and its log-probability under the whole (uncut) distribution at that temperature; at temperature 0 that of temperature 1.</returns>
    public static (int Token, float LogProbability) Draw(ReadOnlySpan<float> logits, SamplingSettings sampling, double uniform)
    {
        var greedy = sampling.Temperature <= 0;
        var probabilities = new double[logits.Length];
        var (sum, maximum) = Exponentiate(logits, greedy ? 1 : sampling.Temperature, probabilities);
        var token = greedy ? Largest(logits)
            : sampling.TopK > 0 || sampling.TopP < 1 ? DrawCut(probabilities, sampling, uniform)
            : DrawWhole(probabilities, uniform * sum);
        return (token, (float)((logits[token] / (greedy ? 1 : sampling.Temperature)) - maximum - Math.Log(sum)));
    }

    /// <summary>Fills exp(x/T − max); returns their sum and the maximum of x/T.</summary>
    private static (double Sum, double Maximum) Exponentiate(ReadOnlySpan<float> logits, double temperature, double[] probabilities)
    {
        var maximum = double.NegativeInfinity;
        foreach (var logit in logits) maximum = Math.Max(maximum, logit / temperature);
        double sum = 0;
        for (var i = 0; i < logits.Length; i++) sum += probabilities[i] = Math.Exp((logits[i] / temperature) - maximum);
        return (sum, maximum);
    }

    private static int Largest(ReadOnlySpan<float> logits)
    {
        var best = 0;
        for (var i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[best]) best = i;
        }

        return best;
    }

    private static int DrawWhole(double[] weights, double target)
    {
        for (var token = 0; token < weights.Length; token++)
        {
            target -= weights[token];
            if (target < 0) return token;
        }

        return Array.FindLastIndex(weights, weight => weight > 0);
    }

    /// <summary>The likeliest tokens first (ties by token): at most top-k of them, and no more than reach a share of top-p.</summary>
    private static int DrawCut(double[] weights, SamplingSettings sampling, double uniform)
    {
        var order = Enumerable.Range(0, weights.Length).ToArray();
        Array.Sort(order, (a, b) => weights[b].CompareTo(weights[a]) is var byWeight and not 0 ? byWeight : a.CompareTo(b));
        var kept = sampling.TopK > 0 ? Math.Min(sampling.TopK, order.Length) : order.Length;
        var share = sampling.TopP * order.Take(kept).Sum(token => weights[token]);
        double reached = 0;
        for (var i = 0; i < kept; i++)
        {
            reached += weights[order[i]];
            if (reached >= share) kept = i + 1;
        }

        var target = uniform * reached;
        for (var i = 0; i < kept; i++)
        {
            target -= weights[order[i]];
            if (target < 0) return order[i];
        }

        return order[kept - 1];
    }
}
