using Rlhf.Statistics;

namespace Rlhf.Labeling.Agreement;

/// <summary>How much annotators agree, with 95% bootstrap intervals over comparisons. Null figures can't be told.</summary>
/// <param name="Comparisons">Those that two annotators and more ranked.</param>
/// <param name="Raw">How often two annotators name the same winner, a tie, or none.</param>
/// <param name="Alpha">Krippendorff's, nominal, on the same values.</param>
/// <param name="Ac1">Gwet's, on the same values.</param>
/// <param name="Ac2">Gwet's with ordinal weights, on signed strengths of two answers; only where strengths were given.</param>
public sealed record AgreementFigures(int Comparisons, Estimate? Raw, Estimate? Alpha, Estimate? Ac1, Estimate? Ac2)
{
    /// <param name="rankings">Those of any comparisons that were asked for beforehand (<see cref="FirstAsked"/>); extra ones and skips are passed over.</param>
    /// <param name="strongest">The scale's: what could have been said decides what is agreed on by chance, not what was said.</param>
    public static AgreementFigures Of(IEnumerable<Ranking> rankings, long seed, int strongest = 1)
    {
        var units = rankings.Where(RatedValue.Counts).GroupBy(r => r.Comparison).Select(g => g.ToList()).ToList();
        var shared = units.Count(u => u.Count > 1);
        var winners = units.Select(u => u.Select(RatedValue.WinnerOf).ToList()).ToList();
        var table = RatingTable.Of(winners, [.. winners.SelectMany(w => w).Distinct().Order(StringComparer.Ordinal)]);
        var identity = AgreementWeights.Identity(table.Values);
        var figures = Estimates(table, shared, times => [AgreementCoefficients.Raw(table, times), AgreementCoefficients.Alpha(table, times), AgreementCoefficients.Gwet(table, times, identity)], seed);
        return new(shared, figures[0], figures[1], figures[2], StrengthAgreement(units, seed, strongest));
    }

    private static Estimate? StrengthAgreement(List<List<Ranking>> units, long seed, int strongest)
    {
        if (!units.Exists(u => u.Exists(r => r.Strength is not null))) return null;
        var strengths = units.Select(u => u.Select(RatedValue.StrengthOf).OfType<int>().ToList()).Where(u => u.Count > 0).ToList();
        // A file may bring stronger ones.
        var most = strengths.SelectMany(u => u).Select(Math.Abs).Append(strongest).Max();
        var table = RatingTable.Of(strengths, [.. Enumerable.Range(-most, 2 * most + 1)]);
        var ordinal = AgreementWeights.Ordinal(table.Values);
        return Estimates(table, strengths.Count(u => u.Count > 1), times => [AgreementCoefficients.Gwet(table, times, ordinal)], seed)[0];
    }

    private static List<Estimate?> Estimates(RatingTable table, int shared, Func<IReadOnlyList<int>, IReadOnlyList<double?>> figures, long seed)
    {
        var values = figures(table.Times);
        if (shared == 0) return [.. values.Select(_ => (Estimate?)null)];
        var intervals = Bootstrap.Intervals(table.Times, figures, seed);
        return [.. values.Select((value, i) => value is null ? null : new Estimate(value.Value, intervals[i]?.Low, intervals[i]?.High, shared))];
    }
}
