using Rlhf.Generation.Tokenization;
using Rlhf.Training;

namespace Rlhf.Trainer.Data;

internal static class PromptEncoder
{
    /// <summary>Prompts as tokens with room for an answer; those whose last message alone is too long are left out.</summary>
    public static IReadOnlyList<int[]> Encode(IEnumerable<DatasetPrompt> prompts, ChatTokenizer tokenizer, int room) =>
        [.. prompts.Select(prompt => tokenizer.EncodePrompt(prompt.Messages, room)).OfType<EncodedPrompt>().Select(encoded => encoded.Tokens.ToArray())];
}
