using Rlhf.Prompts;

namespace Rlhf.Judging;

/// <summary>The rule's word on two contenders and on the reward model; simulation only.</summary>
public static class RuleJudge
{
    /// <param name="rule">The quality of an answer to these messages.</param>
    public static Verdict Judge(
        IReadOnlyDictionary<PromptId, EvaluationAnswer> contender, IReadOnlyDictionary<PromptId, EvaluationAnswer> baseline,
        Func<IReadOnlyList<Message>, string, double> rule, long seed)
    {
        var votes = Both(contender, baseline).Select(p =>
            (IReadOnlyList<double>)[Verdicts.Vote(rule(p.Contender.Messages, p.Contender.Text!), rule(p.Baseline.Messages, p.Baseline.Text!))]);
        return Verdicts.Of(Contenders.Tuned, Contenders.Base, JudgeKind.Rule, votes, seed);
    }

    /// <summary>Prompts that both have answered, in the order of their ids.</summary>
    public static IEnumerable<(EvaluationAnswer Contender, EvaluationAnswer Baseline)> Both(
        IReadOnlyDictionary<PromptId, EvaluationAnswer> contender, IReadOnlyDictionary<PromptId, EvaluationAnswer> baseline) =>
        contender.Values.Where(a => a.Text is not null && baseline.GetValueOrDefault(a.Prompt)?.Text is not null)
            .OrderBy(a => a.Prompt.Value, StringComparer.Ordinal).Select(a => (a, baseline[a.Prompt]));
}
