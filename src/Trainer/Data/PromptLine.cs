using Rlhf.Generation.Tokenization;
using Rlhf.Prompts;

namespace Rlhf.Trainer.Data;

/// <summary>One line of a prompts blob.</summary>
public sealed record PromptLine(PromptId PromptId, IReadOnlyList<Message> Messages)
{
    /// <summary>Prompts as tokens with room for an answer; those whose last message alone is too long are left out.</summary>
    public static IReadOnlyList<int[]> Encode(IEnumerable<PromptLine> prompts, ChatTokenizer tokenizer, int room) =>
        [.. prompts.Select(prompt => tokenizer.EncodePrompt(prompt.Messages, room)).OfType<EncodedPrompt>().Select(encoded => encoded.Tokens.ToArray())];
}
