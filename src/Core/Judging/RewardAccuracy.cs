using Rlhf.Preferences;
using Rlhf.Prompts;
using Rlhf.Statistics;
using Rlhf.Training;

namespace Rlhf.Judging;

/// <summary>How often the reward model ranks two answers to a test prompt as somebody else does: pure.</summary>
public static class RewardAccuracy
{
    /// <summary>Against the annotators' labels: the test pairs of the snapshot.</summary>
    /// <returns>Null where no test pair was scored.</returns>
    public static AccuracyFigure? AgainstLabels(
        IReadOnlyList<TestComparison> comparisons, IReadOnlyList<ScoredComparison> scored, IEnumerable<PreferencePair> testPairs, long seed)
    {
        var pairs = testPairs.ToLookup(p => p.Comparison);
        return Of(comparisons, scored, seed, (comparison, first, second) =>
            Math.Sign(pairs[comparison.Comparison].Sum(p => p.Weight * Preferred(p, first.Text, second.Text))));
    }

    /// <summary>Against a rule without noise: every two answers of every test comparison, whatever its annotators said.</summary>
    /// <param name="rule">The quality of an answer; equal ones are left out and counted.</param>
    /// <returns>Null where no comparison was scored.</returns>
    public static AccuracyFigure? AgainstRule(
        IReadOnlyList<TestComparison> comparisons, IReadOnlyList<ScoredComparison> scored, Func<IReadOnlyList<Message>, string, double> rule, long seed) =>
        Of(comparisons, scored, seed, (comparison, first, second) =>
            Math.Sign(rule(comparison.Messages, first.Text) - rule(comparison.Messages, second.Text)));

    /// <param name="truth">+1 where the first is better, −1 where the second is, 0 where nobody knows.</param>
    private static AccuracyFigure? Of(
        IReadOnlyList<TestComparison> comparisons, IReadOnlyList<ScoredComparison> scored, long seed, Func<TestComparison, TestAnswer, TestAnswer, int> truth)
    {
        // A restarted job may have written a comparison twice; the last counts.
        var scores = scored.GroupBy(s => s.Comparison).ToDictionary(g => g.Key, g => g.Last().Scores);
        var byPrompt = new List<IReadOnlyList<double>>();
        var leftOut = 0;
        foreach (var prompt in comparisons.Where(c => scores.ContainsKey(c.Comparison)).GroupBy(c => c.Prompt))
        {
            var verdicts = prompt.SelectMany(c => Pairs(c).Select(p => Verdict(scores[c.Comparison], p.First, p.Second, truth(c, p.First, p.Second)))).ToList();
            leftOut += verdicts.Count(v => v is null);
            byPrompt.Add([.. verdicts.OfType<double>()]);
        }
        var all = byPrompt.SelectMany(v => v).ToList();
        if (all.Count == 0) return null;
        var (low, high) = Bootstrap.Interval(byPrompt, seed);
        return new(all.Average(), low, high, all.Count, leftOut);
    }

    private static double? Verdict(IReadOnlyDictionary<string, double> scores, TestAnswer first, TestAnswer second, int truth)
    {
        if (truth == 0 || !scores.TryGetValue(first.Id, out var a) || !scores.TryGetValue(second.Id, out var b)) return null;
        return a == b ? 0.5 : Math.Sign(a - b) == truth ? 1 : 0;
    }

    private static IEnumerable<(TestAnswer First, TestAnswer Second)> Pairs(TestComparison comparison) =>
        from i in Enumerable.Range(0, comparison.Answers.Count)
        from j in Enumerable.Range(i + 1, comparison.Answers.Count - i - 1)
        select (comparison.Answers[i], comparison.Answers[j]);

    private static int Preferred(PreferencePair pair, string first, string second) =>
        pair.Chosen == first && pair.Rejected == second ? 1 : pair.Chosen == second && pair.Rejected == first ? -1 : 0;
}
