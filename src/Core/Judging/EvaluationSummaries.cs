using Rlhf.Generation;
using Rlhf.Prompts;

namespace Rlhf.Judging;

/// <summary>The figures and examples beside a verdict: pure.</summary>
public static class EvaluationSummaries
{
    private const int Examples = 12;

    /// <param name="answers">By contender; base and tuned are among them.</param>
    /// <param name="rule">Null where the judge is another.</param>
    public static EvaluationSummary Of(
        IReadOnlyDictionary<string, IReadOnlyDictionary<PromptId, EvaluationAnswer>> answers, Func<IReadOnlyList<Message>, string, double>? rule)
    {
        // By id, which is a hash: as good as at random, the same each time, and nobody picked them.
        var examples = RuleJudge.Both(answers[Contenders.Tuned], answers[Contenders.Base]).Take(Examples).Select(p => new EvaluationExample(
            p.Contender.Prompt, p.Contender.Messages, p.Baseline.Text!, p.Contender.Text!, Score(p.Baseline, rule), Score(p.Contender, rule)));
        return new([.. answers.Select(a => Describe(a.Key, [.. a.Value.Values], rule))], [.. examples]);
    }

    private static ContenderSummary Describe(string name, List<EvaluationAnswer> answers, Func<IReadOnlyList<Message>, string, double>? rule)
    {
        var given = answers.Where(a => a.Text is not null).ToList();
        if (given.Count == 0) return new(name, 0, 0, 0, 0, null);
        return new(name, given.Count, given.Select(a => a.Text).Distinct().Count(), given.Average(a => a.FinishReason == FinishReason.Stop ? 1.0 : 0),
            given.Average(a => a.Tokens), rule is null ? null : given.Average(a => rule(a.Messages, a.Text!)));
    }

    private static double? Score(EvaluationAnswer answer, Func<IReadOnlyList<Message>, string, double>? rule) => rule?.Invoke(answer.Messages, answer.Text!);
}
