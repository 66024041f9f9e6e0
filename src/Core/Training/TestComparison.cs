using Rlhf.Prompts;

namespace Rlhf.Training;

/// <summary>A ranked comparison on a test prompt, whole, whatever its rankings said: the reward model's answers to it are judged after training.</summary>
/// <param name="Answers">By answer id.</param>
public sealed record TestComparison(ComparisonId Comparison, PromptId Prompt, IReadOnlyList<Message> Messages, IReadOnlyList<TestAnswer> Answers);

public sealed record TestAnswer(string Id, string Text, Generation.FinishReason FinishReason);

/// <summary>One line of <c>runs/&lt;id&gt;/test-scores.jsonl</c>, written by the job.</summary>
/// <param name="Scores">Normalised reward of each answer, by answer id.</param>
public sealed record ScoredComparison(ComparisonId Comparison, IReadOnlyDictionary<string, double> Scores);
