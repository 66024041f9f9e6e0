namespace Rlhf.Judging;

/// <summary>Percentile bootstrap (Efron 1979), resampling whole prompts, so that several values of one prompt stay together.</summary>
public static class Bootstrap
{
    private const int Resamples = 2_000;

    /// <summary>The 95% interval of the mean over all values.</summary>
    /// <param name="byPrompt">Each prompt's values; at least one prompt with a value.</param>
    /// <param name="seed">The same values and seed give the same interval.</param>
    public static (double Low, double High) Interval(IReadOnlyList<IReadOnlyList<double>> byPrompt, long seed)
    {
        var sums = byPrompt.Select(values => values.Sum()).ToArray();
        var counts = byPrompt.Select(values => values.Count).ToArray();
        if (counts.Sum() == 0) throw new ArgumentException("There is no value to resample.", nameof(byPrompt));
        var random = new Random(HashCode(seed));
        var means = new double[Resamples];
        for (var i = 0; i < Resamples; i++) means[i] = Resample(sums, counts, random);
        Array.Sort(means);
        return (Quantile(means, 0.025), Quantile(means, 0.975));
    }

    private static double Resample(double[] sums, int[] counts, Random random)
    {
        var (sum, count) = (0.0, 0);
        // A draw of prompts that all have no value says nothing; it is drawn again.
        while (count == 0)
        {
            for (var i = 0; i < sums.Length; i++)
            {
                var index = random.Next(sums.Length);
                sum += sums[index];
                count += counts[index];
            }
        }
        return sum / count;
    }

    private static double Quantile(double[] sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }

    private static int HashCode(long seed) => (int)(seed ^ (seed >> 32));
}
