using Rlhf.Campaigns;
using Rlhf.Judging;

namespace Rlhf.Labeling.Quality;

/// <summary>Leaves annotators out, and takes them in again. Their rankings are kept: what is derived from rankings follows.</summary>
public sealed class Exclusions(CampaignStore campaigns, QualityReader quality, LeftOutPlaces places, BatchResults results)
{
    /// <summary>Leaves the annotator's rankings out of pairs, verdicts and agreement, or takes them in again. Who is left out is asked nothing more, and what is open is asked of somebody else. A run that has begun stays as it is.</summary>
    /// <exception cref="RlhfException"><c>no-such-annotator</c>.</exception>
    public async Task<Campaign> SetAsync(CampaignId id, AnnotatorId annotator, bool isExcluded, CancellationToken cancellation = default)
    {
        if ((await quality.ReadAsync(id, cancellation)).Annotators.All(a => a.Figures.Annotator != annotator))
            throw new RlhfException("no-such-annotator", $"Nothing was ranked by '{annotator}' in campaign '{id}'.", "Look the annotator up in the campaign's quality figures.", 404);
        var campaign = await campaigns.UpdateAsync(id, c => c with
        {
            ExcludedAnnotators = isExcluded ? [.. c.ExcludedAnnotators.Append(annotator).Distinct()] : [.. c.ExcludedAnnotators.Where(a => a != annotator)],
        }, cancellation);
        await places.FollowAsync(campaign, annotator, cancellation);
        await results.RefreshAllAsync(id, cancellation);
        return campaign;
    }
}
