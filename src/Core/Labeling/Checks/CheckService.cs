using Rlhf.Labeling.Quality;
using Rlhf.Labeling.Serving;
using Rlhf.Web.Contracts;

namespace Rlhf.Labeling.Checks;

/// <summary>What follows from the judgement of a check.</summary>
public sealed class CheckService(RepeatStore repeats)
{
    /// <summary>Practice can't be judged again once its answer was shown.</summary>
    /// <exception cref="RlhfException"><c>practice-judged</c>.</exception>
    public static void CheckAmends(Comparison comparison, int? amends)
    {
        if (amends is not null && comparison.Gold is { IsPractice: true })
            throw new RlhfException("practice-judged", "A practice comparison can't be judged again: its answer was shown.", "Go on with the next one.", 409);
    }

    /// <returns>What to show; null but for practice.</returns>
    public async Task<PracticeFeedback?> FollowUpAsync(CampaignId campaign, Comparison comparison, Ranking ranking, Served served)
    {
        if (comparison.Kind == ComparisonKind.Repeat) await repeats.NoteAsync(campaign, ranking);
        return comparison.Gold is not { IsPractice: true } gold ? null : new(
            GoldRules.IsRight(gold, ranking), gold.Outcome, [.. gold.Tiers.Select(tier => (IReadOnlyList<string>)[.. tier.Select(answer => ShownOrder.PlaceOf(served.ShownOrder, answer))])], gold.Explanation);
    }
}
