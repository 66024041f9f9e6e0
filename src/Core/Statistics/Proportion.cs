namespace Rlhf.Statistics;

/// <summary>Shares and their Wilson score intervals (Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference"), which hold for few cases and for shares near 0 and 1.</summary>
public static class Proportion
{
    /// <summary>Two-sided normal quantiles.</summary>
    public const double At95 = 1.959964;

    public const double At99 = 2.575829;

    /// <param name="hits">0..<paramref name="count"/>; halves are welcome.</param>
    /// <returns>Null where nothing was counted.</returns>
    public static Estimate? Of(double hits, int count) =>
        count == 0 ? null : Interval(hits, count, At95) is var (low, high) ? new(hits / count, low, high, count) : null;

    /// <param name="quantile">E.g. <see cref="At95"/>.</param>
    public static (double Low, double High) Interval(double hits, int count, double quantile)
    {
        var (share, square) = (hits / count, quantile * quantile);
        var centre = (share + square / (2 * count)) / (1 + square / count);
        var reach = quantile / (1 + square / count) * Math.Sqrt(share * (1 - share) / count + square / (4.0 * count * count));
        return (Math.Max(0, centre - reach), Math.Min(1, centre + reach));
    }
}
