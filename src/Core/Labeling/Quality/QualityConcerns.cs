using Rlhf.Statistics;

namespace Rlhf.Labeling.Quality;

/// <summary>When a figure is worth a look. Differences are held to 99%, since every annotator is looked at in several ways.</summary>
public static class QualityConcerns
{
    /// <summary>A difference below this is not worth anybody's time, however sure.</summary>
    public const double LeastDifference = 0.05;

    /// <summary>Share of judgements that came too fast to be read.</summary>
    public const double FastShare = 0.3;

    /// <summary>Cases below which a share says nothing.</summary>
    public const int FewestCases = 20;

    /// <summary>The same for gold and repeats, of which there are few.</summary>
    public const int FewestChecks = 5;

    /// <param name="needed">0..1, right on gold or the same as oneself: below it something is wrong.</param>
    internal static IReadOnlyList<QualityConcern> Of(AnnotatorTally annotator, CrowdTally others, double needed)
    {
        var concerns = new List<QualityConcern>();
        if (IsBelow(annotator.Gold, needed)) concerns.Add(QualityConcern.GoldErrors);
        if (IsBelow(annotator.Self, needed)) concerns.Add(QualityConcern.Inconsistent);
        if (annotator.Agreement.Share < others.Agreement.Share && IsOther(annotator.Agreement.Mean, others.Agreement.Mean)) concerns.Add(QualityConcern.Disagrees);
        if (IsOther(annotator.Left.Mean, Mean.Even)) concerns.Add(QualityConcern.SideBias);
        if (IsOther(annotator.LongerAgainstOthers.Mean, Mean.Even)) concerns.Add(QualityConcern.LengthBias);
        if (annotator.Fast.Count >= FewestCases && annotator.Fast.Share > FastShare) concerns.Add(QualityConcern.TooFast);
        return concerns;
    }

    private static bool IsBelow(Tally checks, double needed) => checks.Count >= FewestChecks && checks.Share < needed;

    private static bool IsOther(Mean? a, Mean? b) => a is { } mine && b is { } theirs
        && Math.Abs(mine.Value - theirs.Value) > Math.Max(LeastDifference, Proportion.At99 * Math.Sqrt(mine.Variance + theirs.Variance));
}
