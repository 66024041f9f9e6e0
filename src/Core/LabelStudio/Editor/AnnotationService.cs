using Rlhf.Campaigns;
using Rlhf.Labeling.Invites;
using Rlhf.Labeling.Serving;
using Rlhf.LabelStudio.Results;
using Rlhf.LabelStudio.Templates;
using Rlhf.Web.Contracts;

namespace Rlhf.LabelStudio.Editor;

/// <summary>What an annotator submits in Label Studio's editor, as a ranking.</summary>
public sealed class AnnotationService(CampaignStore campaigns, RankingService rankings)
{
    /// <exception cref="RlhfException"><c>no-template</c>, <c>invalid-result</c>, or what <see cref="RankingService.SubmitAsync"/> refuses.</exception>
    public async Task<AnnotationResponse> SubmitAsync(
        CampaignId id, Invite annotator, ComparisonId comparison, AnnotationRequest request, CancellationToken cancellation = default)
    {
        var settings = (await campaigns.GetRecentAsync(id, cancellation)).Settings;
        if (LabelTemplates.Of(settings) is null)
            throw new RlhfException("no-template", $"The campaign '{id}' has no label template, so there is no annotation to read.", "Send a ranking.", 409);
        var judgement = ResultReader.Read(StudioItem.ReadAll(request.Result), settings.Answers);
        var ranking = judgement.ToRequest(LabelFormRules.MaximumStrength(settings.Form)) with
        {
            ActiveSeconds = request.ActiveSeconds,
            GuidelinesVersion = request.GuidelinesVersion,
            Amends = request.Amends,
        };
        var stored = await rankings.SubmitAsync(id, annotator, comparison, ranking, cancellation);
        return new(stored.Revision, stored.Extra, stored.Unchanged, judgement.IsEmpty);
    }
}
