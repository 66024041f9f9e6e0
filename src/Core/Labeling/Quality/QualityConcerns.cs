using Rlhf.Statistics;

namespace Rlhf.Labeling.Quality;

/// <summary>When a figure is worth a look. Differences are held to 99%, since every annotator is looked at in several ways.</summary>
public static class QualityConcerns
{
    /// <summary>Right on gold, or the same as oneself, below which something is wrong.</summary>
    public const double NeededShare = 0.7;

    /// <summary>A difference below this is not worth anybody's time, however sure.</summary>
    public const double LeastDifference = 0.05;

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
        if (annotator.Agreement.Share < others.Agreement.Share && IsOther(annotator.Agreement.Mean, others.Agreement.Mean)) concerns.Add(QualityConcern.Disagrees);
        if (IsOther(annotator.Left.Mean, Mean.Even)) concerns.Add(QualityConcern.SideBias);
        if (IsOther(annotator.LongerAgainstOthers.Mean, Mean.Even)) concerns.Add(QualityConcern.LengthBias);
        if (annotator.Fast.Count >= FewestCases && annotator.Fast.Share > FastShare) concerns.Add(QualityConcern.TooFast);
        return concerns;
    }

    private static bool IsBelow(Tally checks) => checks.Count >= FewestChecks && checks.Share < NeededShare;

    private static bool IsOther(Mean? a, Mean? b) => a is { } mine && b is { } theirs
        && Math.Abs(mine.Value - theirs.Value) > Math.Max(LeastDifference, Proportion.At99 * Math.Sqrt(mine.Variance + theirs.Variance));
}
