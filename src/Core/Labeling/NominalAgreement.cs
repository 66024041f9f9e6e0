namespace Rlhf.Labeling;

/// <summary>Krippendorff's alpha for nominal data (Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability"): units are comparisons, the value is
/// which answer won (by its place in the file, not its side), a tie, or none.</summary>
public sealed class NominalAgreement
{
    private readonly Dictionary<string, double> totals = [];
    private double disagreement;
    private double values;

    /// <summary>1 is perfect, 0 is chance; null where nobody ranked the same comparison as somebody else, or everybody always said the same.</summary>
    public double? Alpha
    {
        get
        {
            // Expected disagreement over all pairable values; observed is summed unit by unit.
            var expected = totals.Values.Sum(n => n * (values - n)) / (values - 1);
            return values < 2 || expected == 0 ? null : 1 - disagreement / expected;
        }
    }

    /// <summary>What has been added so far, to be kept and added again.</summary>
    public AgreementSums Sums => new(disagreement, values, new Dictionary<string, double>(totals));

    public static AgreementSums SumsOf(IEnumerable<Ranking> rankings)
    {
        var agreement = new NominalAgreement();
        agreement.Add(rankings);
        return agreement.Sums;
    }

    public void Add(AgreementSums sums)
    {
        foreach (var (value, count) in sums.Totals) totals[value] = totals.GetValueOrDefault(value) + count;
        disagreement += sums.Disagreement;
        values += sums.Values;
    }

    /// <summary>Adds a batch's rankings; extra ones and skips are passed over.</summary>
    public void Add(IEnumerable<Ranking> rankings)
    {
        var counted = rankings.Where(r => !r.Extra && r.Outcome != RankingOutcome.Skip);
        foreach (var unit in counted.GroupBy(r => r.Comparison, ValueOf).Select(g => g.ToList()).Where(u => u.Count > 1)) AddUnit(unit);
    }

    private void AddUnit(List<string> unit)
    {
        var counts = unit.GroupBy(v => v).ToDictionary(g => g.Key, g => g.Count());
        foreach (var (value, count) in counts)
        {
            totals[value] = totals.GetValueOrDefault(value) + count;
            disagreement += (double)count * (unit.Count - count) / (unit.Count - 1);
        }
        values += unit.Count;
    }

    private static string ValueOf(Ranking ranking) =>
        ranking.Outcome == RankingOutcome.BothBad || ranking.Tiers.Count == 0 ? "none" : string.Join('+', ranking.Tiers[0].Order(StringComparer.Ordinal));
}

/// <summary>What some rankings add to a campaign's alpha.</summary>
/// <param name="Values">Rankings of comparisons that several annotators ranked.</param>
/// <param name="Totals">How many of them there are of each value.</param>
public sealed record AgreementSums(double Disagreement, double Values, IReadOnlyDictionary<string, double> Totals);
