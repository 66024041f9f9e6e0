namespace Rlhf.Labeling.Quality;

/// <summary>What one annotator did so far.</summary>
internal sealed class AnnotatorTally(AnnotatorId annotator, AnnotatorKind kind)
{
    private readonly List<TimeSpan> times = [];
    private TimeSpan active;
    private int rankings;
    private int ties;
    private int bothBad;
    private int skips;
    private int extra;

    public Tally Gold { get; private set; }

    public Tally Self { get; private set; }

    /// <summary>With others whose rankings count.</summary>
    public Tally Agreement { get; private set; }

    /// <summary>The part of <see cref="Agreement"/> in which this one's ranking counts too.</summary>
    public Tally Counted { get; private set; }

    public Tally Left { get; private set; }

    public Tally Longer { get; private set; }

    public LengthTally LongerAgainstOthers { get; private set; }

    public Tally Fast { get; private set; }

    public void AddCount(Ranking ranking)
    {
        if (ranking.Extra) extra++;
        else if (ranking.Outcome == RankingOutcome.Skip) skips++;
        else
        {
            rankings++;
            if (ranking.Outcome == RankingOutcome.BothBad) bothBad++;
            else if (ranking.Tiers.Count == 1) ties++;
        }
    }

    /// <summary>Of whatever was judged or skipped: it is time that somebody gave.</summary>
    public void AddActive(TimeSpan? time) => active += time ?? TimeSpan.Zero;

    /// <summary>What a judgement takes.</summary>
    public void AddTime(Ranking ranking)
    {
        if (ranking.ActiveTime is not { } time) return;
        times.Add(time);
        Fast = Fast.And(ranking.TooFast);
    }

    public void AddGold(bool isRight) => Gold = Gold.And(isRight);

    public void AddRepeat(bool isSame) => Self = Self.And(isSame);

    public void AddSide(bool isLeft) => Left = Left.And(isLeft);

    public void AddLength(bool isLonger) => Longer = Longer.And(isLonger);

    public void AddLength(bool othersPreferLonger, bool isLonger) => LongerAgainstOthers = LongerAgainstOthers.And(othersPreferLonger, isLonger);

    public void AddAgreement(bool isSame, bool isCounted)
    {
        Agreement = Agreement.And(isSame);
        if (isCounted) Counted = Counted.And(isSame);
    }

    /// <param name="others">All without this one.</param>
    /// <param name="needed">As for <see cref="QualityConcerns"/>.</param>
    public AnnotatorFigures ToFigures(CrowdTally others, double needed) => new(
        annotator, kind, rankings, ties, bothBad, skips, extra, Gold.Estimate, Self.Estimate, Agreement.Estimate, others.Agreement.Share, Median(),
        active, Left.Estimate, Longer.Estimate, others.Longer.Share, Fast.Estimate, QualityConcerns.Of(this, others, needed));

    private TimeSpan? Median()
    {
        if (times.Count == 0) return null;
        var sorted = times.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
