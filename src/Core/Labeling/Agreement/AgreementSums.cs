namespace Rlhf.Labeling.Agreement;

/// <summary>What some rankings add to a campaign's alpha: sums of several batches are added, so a batch that ended is not read again.</summary>
/// <param name="Disagreement">As <see cref="AgreementCoefficients.Alpha(double, IReadOnlyCollection{double})"/> has it.</param>
/// <param name="Values">Rankings of comparisons that several annotators ranked.</param>
/// <param name="Totals">How many of them there are of each value.</param>
public sealed record AgreementSums(double Disagreement, double Values, IReadOnlyDictionary<string, double> Totals)
{
    public static AgreementSums Empty { get; } = new(0, 0, new Dictionary<string, double>());

    public double? Alpha => AgreementCoefficients.Alpha(Disagreement, [.. Totals.Values]);

    /// <param name="comparisons">As they are asked now.</param>
    /// <param name="rankings">All of them; those that were asked for because others disagreed are passed over (<see cref="FirstAsked"/>).</param>
    public static AgreementSums Of(IReadOnlyList<Comparison> comparisons, IEnumerable<Ranking> rankings)
    {
        var units = FirstAsked.Of(comparisons, rankings).GroupBy(r => r.Comparison, RatedValue.WinnerOf).Select(g => g.ToList()).Where(u => u.Count > 1).ToList();
        return new(
            units.Sum(u => u.GroupBy(v => v).Sum(g => (double)g.Count() * (u.Count - g.Count()) / (u.Count - 1))), units.Sum(u => u.Count),
            units.SelectMany(u => u).GroupBy(v => v).ToDictionary(g => g.Key, g => (double)g.Count()));
    }

    public static AgreementSums operator +(AgreementSums a, AgreementSums b) => new(
        a.Disagreement + b.Disagreement, a.Values + b.Values, a.Totals.Concat(b.Totals).GroupBy(t => t.Key).ToDictionary(g => g.Key, g => g.Sum(t => t.Value)));
}
