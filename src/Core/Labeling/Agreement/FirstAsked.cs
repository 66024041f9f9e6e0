namespace Rlhf.Labeling.Agreement;

/// <summary>The rankings that were asked for before anybody knew what they would say. Further ones are asked for because these disagree: with those among them, contested comparisons would speak louder than others,
/// and annotators would seem to agree less than they do.</summary>
public static class FirstAsked
{
    /// <summary>Of those that may agree (<see cref="RatedValue.Counts"/>) the first <see cref="Comparison.Shared"/>, however often they were amended since.</summary>
    /// <param name="comparison">As it is asked now (<see cref="OverlapLimits"/>).</param>
    /// <param name="rankings">All of it, those of annotators who were left out since among them: they decided whether more was asked.</param>
    public static IReadOnlyList<Ranking> Of(Comparison comparison, IEnumerable<Ranking> rankings) =>
        [.. rankings.Where(RatedValue.Counts).OrderBy(r => r.MadeAt).ThenBy(r => r.Annotator.Value, StringComparer.Ordinal).Take(comparison.Shared)];

    /// <summary>The same of each of these, without those of annotators who are left out; rankings of other comparisons are passed over.</summary>
    public static IReadOnlyList<Ranking> Of(IReadOnlyList<Comparison> comparisons, IEnumerable<Ranking> rankings)
    {
        var byComparison = rankings.ToLookup(r => r.Comparison);
        return [.. comparisons.SelectMany(c => Of(c, byComparison[c.Id]).Where(r => !c.LeftOut.Contains(r.Annotator)))];
    }
}
