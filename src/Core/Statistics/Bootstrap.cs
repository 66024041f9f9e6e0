namespace Rlhf.Statistics;

/// <summary>Percentile bootstrap (Efron 1979), resampling whole prompts or comparisons, so that several values of one stay together.</summary>
public static class Bootstrap
{
    private const int Resamples = 2_000;

    /// <summary>Resamples where a figure is computed anew from each.</summary>
    private const int FigureResamples = 1_000;

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

    /// <summary>The 95% intervals of some figures, all from the same resamples.</summary>
    /// <param name="times">How many items there are of each kind; items of one kind are alike, so a resample is how many it drew of each.</param>
    /// <param name="figures">The figures of a resample; null for one that it can't tell.</param>
    /// <returns>For each figure its interval, or null where too few resamples tell it.</returns>
    public static IReadOnlyList<(double Low, double High)?> Intervals(IReadOnlyList<int> times, Func<int[], IReadOnlyList<double?>> figures, long seed)
    {
        var items = times.SelectMany((count, kind) => Enumerable.Repeat(kind, count)).ToArray();
        var random = new Random(HashCode(seed));
        var drawn = new int[times.Count];
        var samples = new IReadOnlyList<double?>[FigureResamples];
        for (var sample = 0; sample < samples.Length; sample++)
        {
            Array.Clear(drawn);
            for (var i = 0; i < items.Length; i++) drawn[items[random.Next(items.Length)]]++;
            samples[sample] = figures(drawn);
        }
        return [.. Enumerable.Range(0, samples[0].Count).Select(figure => IntervalOf([.. samples.Select(s => s[figure]).OfType<double>()]))];
    }

    private static (double Low, double High)? IntervalOf(double[] told)
    {
        if (told.Length < FigureResamples / 2) return null;
        Array.Sort(told);
        return (Quantile(told, 0.025), Quantile(told, 0.975));
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
