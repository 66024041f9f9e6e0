using Rlhf.Generation.Tokenization;
using Rlhf.Prompts;

namespace Rlhf.Trainer.Sft;

/// <summary>A line of the sft stage's examples blob.</summary>
/// <param name="Weight">Relative; 0 counts for nothing.</param>
public sealed record SftLine(IReadOnlyList<Message> Messages, string Answer, double Weight = 1);

/// <summary>A prompt with the answer that is to be learned.</summary>
/// <param name="Tokens">Prompt, answer and end token.</param>
/// <param name="AnswerStart">Index of the answer's first token; at least 1.</param>
public sealed record SftExample(int[] Tokens, int AnswerStart, double Weight = 1)
{
    /// <summary>Encodes a line; too long a prompt loses whole early turns, never the answer.</summary>
    /// <returns>Null where the answer and the last turn together are longer than <paramref name="maximumLength"/>, or there is no message.</returns>
    public static SftExample? TryEncode(ChatTokenizer tokenizer, SftLine line, int maximumLength)
    {
        var answer = tokenizer.EncodeAnswer(line.Answer);
        if (line.Messages.Count == 0 || tokenizer.EncodePrompt(line.Messages, maximumLength - answer.Count) is not { } prompt) return null;
        return new([.. prompt.Tokens, .. answer], prompt.Tokens.Count, line.Weight);
    }
}
