using Rlhf.Campaigns;
using Rlhf.Labeling.Invites;
using Rlhf.Labeling.Quality;
using Rlhf.Labeling.Serving;

namespace Rlhf.Labeling.Checks;

/// <summary>Practice on gold before the first real task: people learn what is wanted from its feedback, and who does not gets no tasks.</summary>
public sealed class Practice(GoldStore gold, ComparisonStore comparisons, RankingStore rankings, AnnotatorStore annotators)
{
    /// <summary>The next practice comparison, or why there are no tasks; null where the annotator has passed or need not.</summary>
    public async Task<Drawn?> DrawAsync(Campaign campaign, Invite invite, AnnotatorState state, CancellationToken cancellation = default)
    {
        var checks = campaign.Settings.Checks;
        if (state.HasPassed || checks.PracticeItems == 0 || invite.Kind != AnnotatorKind.Person) return null;
        var (items, right) = await ReadAsync(campaign, state, invite.Annotator, cancellation);
        if (items.Count == 0) return null;
        if (items.Find(i => !state.GoldJudged.Contains(i.Comparison)) is { } next)
            // The one on the screen has to be judged first: its feedback is part of the practice.
            return state.Held.Any(h => h.Task.Comparison == next.Comparison) ? new(null, "Please judge the practice task before the next one.") : new(next.Task);
        if (IsTooLittle(right, items.Count, campaign))
            return new(null, $"You judged {right} of {items.Count} practice comparisons as expected, and this campaign asks for {checks.NeededAccuracy:0%}. Thank you for your time; please ask its owner how to go on.");
        await annotators.UpdateAsync(campaign.Id, invite.Annotator, s => s with { HasPassed = true }, cancellation);
        return null;
    }

    /// <summary>What came of practice that was too little; null where the annotator has passed, need not, or is not through.</summary>
    public async Task<PracticeResult?> FindFailedAsync(Campaign campaign, AnnotatorId annotator, CancellationToken cancellation = default)
    {
        if (campaign.Settings.Checks.PracticeItems == 0 || await annotators.GetRecentAsync(campaign.Id, annotator, cancellation) is not { HasPassed: false } state) return null;
        var (items, right) = await ReadAsync(campaign, state, annotator, cancellation);
        return items.Count > 0 && items.TrueForAll(i => state.GoldJudged.Contains(i.Comparison)) && IsTooLittle(right, items.Count, campaign) ? new(right, items.Count) : null;
    }

    /// <summary>The annotator need not practise, or has to no longer, whatever came of it.</summary>
    public Task PassAsync(CampaignId campaign, AnnotatorId annotator, CancellationToken cancellation = default) =>
        annotators.UpdateAsync(campaign, annotator, s => s with { HasPassed = true }, cancellation);

    private static bool IsTooLittle(int right, int items, Campaign campaign) => right < campaign.Settings.Checks.NeededAccuracy * items;

    /// <summary>The practice comparisons in their order, and how many of those judged are right.</summary>
    private async Task<(List<GoldItem> Items, int Right)> ReadAsync(Campaign campaign, AnnotatorState state, AnnotatorId annotator, CancellationToken cancellation)
    {
        var items = (await gold.ListRecentAsync(campaign.Id, cancellation)).Where(g => g.IsPractice).OrderBy(g => g.AddedAt).Take(campaign.Settings.Checks.PracticeItems).ToList();
        var right = 0;
        foreach (var item in items.Where(i => state.GoldJudged.Contains(i.Comparison)))
        {
            var known = (await comparisons.GetAsync(campaign.Id, item.Batch, item.Comparison, cancellation)).Gold!;
            if (await rankings.FindAsync(item.Batch, item.Comparison, annotator, cancellation) is { } judged && GoldRules.IsRight(known, judged.Ranking)) right++;
        }
        return (items, right);
    }
}

/// <param name="Right">Of <paramref name="Items"/> practice comparisons.</param>
public sealed record PracticeResult(int Right, int Items);
