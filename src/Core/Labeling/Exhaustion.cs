namespace Rlhf.Labeling;

/// <summary>Comparisons that wait for somebody who is not there.</summary>
public static class Exhaustion
{
    /// <summary>Open comparisons that every one of <paramref name="annotators"/> has judged already, so that they stay open until another one is invited.</summary>
    /// <param name="annotators">Those whose invites are valid; where there are none, nothing is exhausted but nobody invited.</param>
    public static int Count(IReadOnlyList<Comparison> comparisons, IReadOnlyList<Ranking> rankings, IReadOnlyCollection<AnnotatorId> annotators)
    {
        if (annotators.Count == 0) return 0;
        var judged = rankings.Where(r => !r.Extra).Select(r => (r.Comparison, r.Annotator)).ToHashSet();
        return BatchProgress.Of(comparisons, rankings).Comparisons
            .Count(c => c.State == ComparisonState.Open && annotators.All(a => judged.Contains((c.Comparison, a))));
    }
}
