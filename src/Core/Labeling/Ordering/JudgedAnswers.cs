using Rlhf.Campaigns;
using Rlhf.Preferences;
using Rlhf.Prompts;

namespace Rlhf.Labeling.Ordering;

/// <summary>Rankings as heads learn from them.</summary>
public static class JudgedAnswers
{
    /// <summary>The examples of each comparison that gives any: train prompts only, by the rankings that count for pairs. The share of votes is the preference, a tie ½; a comparison weighs 1, its pairs alike.</summary>
    /// <param name="features">Of each comparison's answers, in their order.</param>
    public static IEnumerable<IReadOnlyList<HeadExample>> Of(
        IReadOnlyList<Comparison> comparisons, IReadOnlyList<Ranking> rankings, PairOptions rule, IReadOnlyDictionary<ComparisonId, IReadOnlyList<float[]>> features)
    {
        var counted = rankings.Where(r => PairRules.Counts(r, rule)).ToLookup(r => r.Comparison);
        return comparisons.Where(c => MayTeach(c, rule) && features.ContainsKey(c.Id)).Select(c => Of(c, Majority.Deciding([.. counted[c.Id]]), features[c.Id], rule.ManyAnswers)).Where(examples => examples.Count > 0);
    }

    /// <summary>Whether it may say what is asked next: validation and test comparisons choose nothing.</summary>
    public static bool MayTeach(Comparison comparison, PairOptions rule) =>
        comparison.Kind == ComparisonKind.Ordinary && comparison.Prompt.Split == Split.Train && !rule.LeftOut.Contains(comparison.Id);

    private static List<HeadExample> Of(Comparison comparison, IReadOnlyList<Ranking> rankings, IReadOnlyList<float[]> features, ManyAnswersMode mode)
    {
        var answers = comparison.Answers.ToList();
        var votes = Votes.Of(comparison, rankings, mode).Where(v => v.First.Text != v.Second.Text).ToList();
        return votes.ConvertAll(v => new HeadExample(
            HeadEnsemble.Difference(features[answers.IndexOf(v.First)], features[answers.IndexOf(v.Second)]), (float)v.All.Average(x => x.ForFirst), 1f / votes.Count));
    }
}
