using Rlhf.Generation;
using Rlhf.Prompts;

namespace Rlhf.Training;

/// <summary>One line of the <c>generate</c> stage's prompts blob.</summary>
/// <param name="PromptId">Comes back with the answer; the same one may be asked several times.</param>
/// <param name="Seed">Drawn from the job's seed and the line where null.</param>
public sealed record AskedPrompt(PromptId PromptId, IReadOnlyList<Message> Messages, long? Seed = null);

/// <summary>One line of its answers blob: as many as there are prompts, in their order.</summary>
/// <param name="Text">Null where there is no answer; then <paramref name="Failure"/> says why.</param>
public sealed record GeneratedAnswer(
    PromptId PromptId, string? Text, FinishReason FinishReason, long Seed, GenerationFailure? Failure = null, int PromptTokens = 0, int CompletionTokens = 0);
