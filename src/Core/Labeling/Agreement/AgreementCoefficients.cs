namespace Rlhf.Labeling.Agreement;

/// <summary>Agreement among any number of annotators with missing values: pure. r_ik annotators gave item i the value k, r_i rated it. Null where the data can't tell.</summary>
/// <remarks>Sources: Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability"; Gwet 2008, "Computing inter-rater reliability and its variance in the presence of high agreement";
/// Gwet 2014, "Handbook of Inter-Rater Reliability", 4th edition (weights and missing values).</remarks>
public static class AgreementCoefficients
{
    /// <summary>How often two annotators of one item say the same: all such pairs, 0..1.</summary>
    /// <param name="times">How many items of each pattern there are; <see cref="RatingTable.Times"/>, or a resample's.</param>
    public static double? Raw(RatingTable table, IReadOnlyList<int> times)
    {
        var (agreeing, pairs) = (0.0, 0.0);
        for (var i = 0; i < table.Patterns.Count; i++)
        {
            var row = table.Patterns[i];
            var raters = row.Sum();
            agreeing += (double)times[i] * row.Sum(r => r * (r - 1));
            pairs += (double)times[i] * raters * (raters - 1);
        }
        return pairs == 0 ? null : agreeing / pairs;
    }

    /// <summary>Krippendorff's alpha for nominal values: 1 − observed / expected disagreement. 1 is perfect, 0 is chance; null where everybody always said the same.</summary>
    public static double? Alpha(RatingTable table, IReadOnlyList<int> times)
    {
        var totals = new double[table.Values];
        var disagreement = 0.0;
        for (var i = 0; i < table.Patterns.Count; i++)
        {
            var row = table.Patterns[i];
            var raters = row.Sum();
            if (raters < 2) continue;
            for (var k = 0; k < row.Length; k++)
            {
                totals[k] += (double)times[i] * row[k];
                disagreement += (double)times[i] * row[k] * (raters - row[k]) / (raters - 1);
            }
        }
        return Alpha(disagreement, totals);
    }

    /// <param name="disagreement">Σ_i Σ_k r_ik (r_i − r_ik) / (r_i − 1) over items with two ratings and more.</param>
    /// <param name="totals">Ratings of those items by value.</param>
    public static double? Alpha(double disagreement, IReadOnlyCollection<double> totals)
    {
        var values = totals.Sum();
        var expected = totals.Sum(n => n * (values - n)) / (values - 1);
        return values < 2 || expected == 0 ? null : 1 - disagreement / expected;
    }

    /// <summary>Gwet's AC1 (<see cref="AgreementWeights.Identity"/>) and AC2 (any other weights): p_a = mean over items with two ratings and more of Σ_k r_ik (r*_ik − 1) / (r_i (r_i − 1))
    /// with r*_ik = Σ_l w_kl r_il; p_e = Σ_kl w_kl / (q (q − 1)) · Σ_k π_k (1 − π_k) with π_k = mean over all items of r_ik / r_i; (p_a − p_e) / (1 − p_e).</summary>
    /// <param name="weights">(q, q), 1 on the diagonal.</param>
    public static double? Gwet(RatingTable table, IReadOnlyList<int> times, double[,] weights)
    {
        var (agreed, shared, all) = (0.0, 0, 0);
        var shares = new double[table.Values];
        for (var i = 0; i < table.Patterns.Count; i++)
        {
            var row = table.Patterns[i];
            var raters = row.Sum();
            all += times[i];
            for (var k = 0; k < row.Length; k++) shares[k] += (double)times[i] * row[k] / raters;
            if (raters < 2) continue;
            shared += times[i];
            agreed += times[i] * Weighted(row, weights) / ((double)raters * (raters - 1));
        }
        if (shared == 0 || table.Values < 2) return null;
        var q = table.Values;
        var chance = weights.Cast<double>().Sum() / (q * (q - 1.0)) * shares.Sum(s => s / all * (1 - s / all));
        return chance >= 1 ? null : (agreed / shared - chance) / (1 - chance);
    }

    private static double Weighted(int[] row, double[,] weights)
    {
        var sum = 0.0;
        for (var k = 0; k < row.Length; k++)
        {
            if (row[k] == 0) continue;
            var close = 0.0;
            for (var l = 0; l < row.Length; l++) close += weights[k, l] * row[l];
            sum += row[k] * (close - 1);
        }
        return sum;
    }
}
