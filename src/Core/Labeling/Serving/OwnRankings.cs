using Rlhf.Campaigns;
using Rlhf.LabelStudio.Templates;
using Rlhf.Web.Contracts;

namespace Rlhf.Labeling.Serving;

/// <summary>An annotator's latest rankings, for amending them.</summary>
public sealed class OwnRankings(CampaignStore campaigns, AnnotatorStore annotators, RankingStore rankings, TaskServer tasks)
{
    /// <summary>Newest first, at most <see cref="AnnotatorState.RecentKept"/>.</summary>
    public async Task<MineResponse> ReadAsync(CampaignId id, AnnotatorId annotator, int take, CancellationToken cancellation = default)
    {
        var campaign = await campaigns.GetAsync(id, cancellation);
        var state = await annotators.GetAsync(id, annotator, cancellation);
        var items = new List<MineItem>();
        foreach (var task in state.Recent.Take(take))
        {
            if (await ReadOneAsync(campaign, annotator, task, cancellation) is { } item) items.Add(item);
        }
        return new(items);
    }

    private async Task<MineItem?> ReadOneAsync(Campaign campaign, AnnotatorId annotator, TaskKey task, CancellationToken cancellation)
    {
        var ranking = (await rankings.FindAsync(task.Batch, task.Comparison, annotator, cancellation))?.Ranking;
        var served = await annotators.FindServedAsync(campaign.Id, annotator, task.Comparison, cancellation);
        if (ranking is null || served is null) return null;
        var view = await tasks.ViewAsync(campaign, served, ranking.SubmittedAt, cancellation);
        var tiers = ranking.Tiers.Select(tier => (IReadOnlyList<string>)[.. tier.Select(answer => ShownOrder.PlaceOf(served.ShownOrder, answer))]);
        return new(view, ranking.Outcome, [.. tiers], ranking.Revision, ranking.Extra, ranking.SubmittedAt, ranking.Strength, ranking.Comment, ranking.BetterAnswer)
        { Fields = LabelTemplates.FieldsOf(ranking, campaign.Settings) };
    }
}
