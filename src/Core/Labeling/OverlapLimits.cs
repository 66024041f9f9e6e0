using Rlhf.Campaigns;

namespace Rlhf.Labeling;

/// <summary>How many annotators a published comparison is asked of as things are now.</summary>
/// <param name="Overlap">The campaign's, which may have been lowered since.</param>
/// <param name="Sharing">The campaign's.</param>
/// <param name="Annotators">Those who have come and are asked.</param>
/// <param name="People">The people among them: only they judge models.</param>
public sealed record OverlapLimits(int Overlap, SharingSettings Sharing, int Annotators, int People)
{
    /// <summary>As <see cref="Comparison.LeftOut"/>.</summary>
    public IReadOnlyList<AnnotatorId> LeftOut { get; init; } = [];

    /// <summary>Nobody beyond the overlap: of batches that ended, since nobody is asked any more.</summary>
    public static OverlapLimits OfEnded(Campaign campaign) => new(campaign.Settings.Overlap, campaign.Settings.Sharing, 0, 0) { LeftOut = campaign.ExcludedAnnotators };

    /// <summary>The comparison as it is asked now.</summary>
    public Comparison Of(Comparison comparison)
    {
        var there = comparison.Kind == ComparisonKind.Test ? People : Annotators;
        var (least, wanted) = (Math.Min(comparison.Overlap, Overlap), WantedOf(comparison));
        var asked = Math.Max(least, Math.Min(wanted, there));
        // Where disagreement asks for nobody more (a file's comparisons), all that is there was asked for beforehand.
        var shared = comparison.Most == comparison.Overlap ? comparison.Shared : wanted;
        return comparison with { Overlap = asked, Shared = shared, Most = Math.Max(asked, Math.Min(Math.Min(comparison.Most, Sharing.Most), there)), LeftOut = LeftOut };
    }

    public IReadOnlyList<Comparison> Of(IReadOnlyList<Comparison> comparisons) => [.. comparisons.Select(Of)];

    /// <summary>Annotators it would go to if there were enough.</summary>
    private int WantedOf(Comparison comparison)
    {
        var least = Math.Min(comparison.Overlap, Overlap);
        // One that goes to nobody beyond the overlap follows it, however many share others.
        return comparison.Kind != ComparisonKind.Test && comparison.Shared == comparison.Overlap ? least
            : Math.Max(least, Math.Min(comparison.Shared, comparison.Kind == ComparisonKind.Test ? Sharing.Test : Sharing.Overlap));
    }
}
