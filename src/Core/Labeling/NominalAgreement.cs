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
