using Rlhf.Prompts;

namespace Rlhf.Judging;

/// <summary>The rule's word on two contenders and on the reward model; simulation only.</summary>
public static class RuleJudge
{
    /// <summary>The tuned policy against each of the others, the base first.</summary>
    /// <param name="answers">By contender; base and tuned are among them.</param>
    /// <param name="rule">The quality of an answer to these messages.</param>
    public static IReadOnlyList<Verdict> Judge(
        IReadOnlyDictionary<string, IReadOnlyDictionary<PromptId, EvaluationAnswer>> answers, Func<IReadOnlyList<Message>, string, double> rule, long seed) =>
        [.. answers.Keys.Where(name => name != Contenders.Tuned).OrderByDescending(name => name == Contenders.Base).Select(baseline =>
            Verdicts.Of(Contenders.Tuned, baseline, JudgeKind.Rule, Both(answers[Contenders.Tuned], answers[baseline]).Select(p => VotesOf(p.Contender, p.Baseline, rule)), seed))];

    private static IReadOnlyList<double> VotesOf(EvaluationAnswer contender, EvaluationAnswer baseline, Func<IReadOnlyList<Message>, string, double> rule) =>
        [Verdicts.Vote(rule(contender.Messages, contender.Text!), rule(baseline.Messages, baseline.Text!))];

    /// <summary>Prompts that both have answered, in the order of their ids.</summary>
    public static IEnumerable<(EvaluationAnswer Contender, EvaluationAnswer Baseline)> Both(
        IReadOnlyDictionary<PromptId, EvaluationAnswer> contender, IReadOnlyDictionary<PromptId, EvaluationAnswer> baseline) =>
        contender.Values.Where(a => a.Text is not null && baseline.GetValueOrDefault(a.Prompt)?.Text is not null)
            .OrderBy(a => a.Prompt.Value, StringComparer.Ordinal).Select(a => (a, baseline[a.Prompt]));
}
