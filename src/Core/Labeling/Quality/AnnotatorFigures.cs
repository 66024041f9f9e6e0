using Rlhf.Statistics;

namespace Rlhf.Labeling.Quality;

/// <summary>Something an owner should look at.</summary>
public enum QualityConcern
{
    /// <summary>Below <see cref="Campaigns.CheckSettings.ConcernBelow"/> on gold.</summary>
    GoldErrors,

    /// <summary>Judges the same comparison differently the second time.</summary>
    Inconsistent,

    /// <summary>Agrees with the others less than they agree among themselves.</summary>
    Disagrees,

    /// <summary>Prefers a side.</summary>
    SideBias,

    /// <summary>Prefers longer answers, or shorter ones, whichever of both the others find better.</summary>
    LengthBias,

    /// <summary>Often faster than anybody reads.</summary>
    TooFast,
}

/// <summary>How one annotator does. Shares are 0..1 with their 95% intervals; null where nothing tells them.</summary>
/// <param name="Rankings">Ties and bothBad included; skips and extra ones not.</param>
/// <param name="Gold">Right on comparisons with a known answer, practice not among them.</param>
/// <param name="SelfAgreement">The same winner when asked again.</param>
/// <param name="Agreement">The same winner as another annotator of the comparison, over all such pairs.</param>
/// <param name="OthersAgreement">The same among the others, without this one.</param>
/// <param name="MedianTime">Active time a judgement.</param>
/// <param name="ActiveTime">All of it: skips, extra ones, gold, practice, repeats and a reviewer's decisions too.</param>
/// <param name="Left">Of two answers told apart, how often the left one was preferred.</param>
/// <param name="Longer">Of two answers told apart and of different length, how often the longer one was preferred.</param>
/// <param name="OthersLonger">The same among the others: how much longer answers are better here.</param>
/// <param name="TooFast">Judgements in less time than their texts can be read in (<see cref="Ranking.TooFast"/>).</param>
public sealed record AnnotatorFigures(
    AnnotatorId Annotator, AnnotatorKind Kind, int Rankings, int Ties, int BothBad, int Skips, int Extra, Estimate? Gold, Estimate? SelfAgreement,
    Estimate? Agreement, double? OthersAgreement, TimeSpan? MedianTime, TimeSpan ActiveTime, Estimate? Left, Estimate? Longer, double? OthersLonger,
    Estimate? TooFast, IReadOnlyList<QualityConcern> Concerns);
