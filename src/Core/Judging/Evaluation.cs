using Rlhf.Generation;
using Rlhf.Prompts;

namespace Rlhf.Judging;

/// <summary>A contender's answer to a test prompt. One JSON line in <c>runs/&lt;id&gt;/evaluation/&lt;contender&gt;-&lt;window&gt;.jsonl</c>.</summary>
/// <param name="Text">Null where the model gave none; then <paramref name="Failure"/> says why.</param>
public sealed record EvaluationAnswer(
    PromptId Prompt, IReadOnlyList<Message> Messages, string? Text, FinishReason FinishReason, long Seed, int Tokens, string? Failure = null);

/// <summary><c>runs/&lt;id&gt;/evaluation/summary.json</c>: what the report shows beside the verdicts.</summary>
public sealed record EvaluationSummary(IReadOnlyList<ContenderSummary> Contenders, IReadOnlyList<EvaluationExample> Examples);

/// <param name="Distinct">Different answers among all.</param>
/// <param name="FinishedShare">0..1, answers that ended by themselves.</param>
/// <param name="MeanScore">By the rule; null where the judge is another.</param>
public sealed record ContenderSummary(string Name, int Answers, int Distinct, double FinishedShare, double MeanTokens, double? MeanScore);

/// <summary>A test prompt before and after training.</summary>
public sealed record EvaluationExample(PromptId Prompt, IReadOnlyList<Message> Messages, string Base, string Tuned, double? BaseScore, double? TunedScore);

/// <summary>Contenders' names.</summary>
public static class Contenders
{
    public const string Base = "base";
    public const string Tuned = "tuned";

    /// <summary>What the campaign's last run before came to.</summary>
    public const string Previous = "previous";
}
