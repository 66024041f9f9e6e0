using Rlhf.Statistics;

namespace Rlhf.Labeling.Quality;

/// <summary>When a figure is worth a look. Differences are held to 99%, since every annotator is looked at in several ways.</summary>
public static class QualityConcerns
{
    /// <summary>Right on gold, or the same as oneself, below which something is wrong.</summary>
    public const double NeededShare = 0.7;

    /// <summary>Share of judgements that came too fast to be read.</summary>
    public const double FastShare = 0.3;

    /// <summary>Cases below which a share says nothing.</summary>
    public const int FewestCases = 20;

    /// <summary>The same for gold and repeats, of which there are few.</summary>
    public const int FewestChecks = 5;

    internal static IReadOnlyList<QualityConcern> Of(AnnotatorTally annotator, CrowdTally others)
    {
        var concerns = new List<QualityConcern>();
        if (IsBelow(annotator.Gold)) concerns.Add(QualityConcern.GoldErrors);
        if (IsBelow(annotator.Self)) concerns.Add(QualityConcern.Inconsistent);
        if (annotator.Agreement.Share < others.Agreement.Share && Differ(annotator.Agreement, others.Agreement)) concerns.Add(QualityConcern.Disagrees);
        if (annotator.Left.Count >= FewestCases && Proportion.Interval(annotator.Left.Hits, annotator.Left.Count, Proportion.At99) is var (low, high) && (low > 0.5 || high < 0.5))
            concerns.Add(QualityConcern.SideBias);
        if (Differ(annotator.Longer, others.Longer)) concerns.Add(QualityConcern.LengthBias);
        if (annotator.Fast.Count >= FewestCases && annotator.Fast.Share > FastShare) concerns.Add(QualityConcern.TooFast);
        return concerns;
    }

    private static bool IsBelow(Tally checks) => checks.Count >= FewestChecks && checks.Share < NeededShare;

    /// <summary>Two shares by the pooled z test.</summary>
    private static bool Differ(Tally a, Tally b)
    {
        if (a.Count < FewestCases || b.Count < FewestCases) return false;
        var pooled = (a + b).Share!.Value;
        var deviation = Math.Sqrt(pooled * (1 - pooled) * (1.0 / a.Count + 1.0 / b.Count));
        return Math.Abs(a.Share!.Value - b.Share!.Value) > Proportion.At99 * deviation;
    }
}
