using Rlhf.Campaigns;
using Rlhf.Web.Contracts;

namespace Rlhf.Labeling.Checks;

/// <summary>What a gold comparison must be.</summary>
internal static class GoldRequestRules
{
    /// <exception cref="RlhfException"><c>invalid-gold</c>, naming what is wrong.</exception>
    public static void Check(GoldRequest request)
    {
        if (Problem(request) is { } problem)
            throw new RlhfException("invalid-gold", problem, "Send a prompt, its answers, and tiers of their numbers (from 1) from best to worst; or the outcome bothBad and no tiers.");
    }

    private static string? Problem(GoldRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Prompt) == request.Messages is not { Count: > 0 }) return "A gold comparison has either a prompt or messages.";
        if (request.Answers is not { Count: >= CampaignSettingsRules.MinimumAnswers and <= CampaignSettingsRules.MaximumAnswers }) return $"{request.Answers?.Count ?? 0} answers can't be compared.";
        if (request.Answers.Any(string.IsNullOrWhiteSpace)) return "An answer is empty.";
        if (request.Answers.Select(a => a.Trim()).Distinct().Count() < request.Answers.Count) return "Two answers are the same.";
        if (request.Answers.Append(request.Prompt ?? "").Append(request.Explanation ?? "").Concat((request.Messages ?? []).Select(m => m.Content)).Any(t => t.Length > GoldService.MaximumText))
            return $"A text has more than {GoldService.MaximumText} characters.";
        return request.Outcome switch
        {
            Labeling.RankingOutcome.BothBad => request.Tiers is { Count: > 0 } ? "Where no answer is good there are no tiers." : null,
            Labeling.RankingOutcome.Ranked => TiersProblem(request.Tiers ?? [], request.Answers.Count),
            _ => $"The outcome '{request.Outcome}' is none that can be known.",
        };
    }

    private static string? TiersProblem(IReadOnlyList<IReadOnlyList<int>> tiers, int answers)
    {
        if (tiers.Count < 2 || tiers.Any(t => t is not { Count: > 0 })) return "At least two tiers say which answer is better, none of them empty.";
        var named = tiers.SelectMany(t => t).ToList();
        if (named.Exists(place => place < 1 || place > answers)) return $"There is no answer {named.First(p => p < 1 || p > answers)} of {answers}.";
        return named.Distinct().Count() < named.Count ? "An answer stands in the tiers twice." : null;
    }
}
