using Rlhf.Prompts;

namespace Rlhf.Generation.Tokenization;

/// <summary>A prompt as the model sees it, up to and including what opens the answer.</summary>
/// <param name="DroppedTurns">Whole early turns left out because they did not fit.</param>
public sealed record EncodedPrompt(IReadOnlyList<int> Tokens, int DroppedTurns);

/// <summary>Messages and answers to tokens and back, in a model's own chat format: the one way for generators and for the trainer. Thread-safe.</summary>
public sealed class ChatTokenizer
{
    public ChatTokenizer(TextTokenizer text, ChatFormat format)
    {
        Text = text;
        Format = format;
        EndTokenId = text.SpecialTokenId(format.End);
    }

    public TextTokenizer Text { get; }

    public ChatFormat Format { get; }

    /// <summary>Ends an answer. Serves as padding too.</summary>
    public int EndTokenId { get; }

    public int VocabularySize => Text.VocabularySize;

    /// <summary>Opens the tokenizer of a model's folder (Hugging Face layout).</summary>
    /// <exception cref="RlhfException"><c>tokenizer-missing</c> or <c>tokenizer-damaged</c>, naming the file and the reason.</exception>
    public static ChatTokenizer Load(string folder)
    {
        var data = TokenizerFiles.Read(folder);
        return new(new(data), ChatFormat.Read(TokenizerFiles.ReadConfig(folder), [.. data.SpecialTokens.Keys]));
    }

    /// <summary>Encodes the turns and what opens the answer. What is too long loses whole turns: the earliest first, the system's next to last, the last turn never.</summary>
    /// <param name="maximumTokens">Room for the prompt; the caller has set the answer's aside.</param>
    /// <returns>Null where even the last turn alone is too long.</returns>
    /// <exception cref="ArgumentException">There is no message.</exception>
    public EncodedPrompt? EncodePrompt(IReadOnlyList<Message> messages, int maximumTokens)
    {
        if (messages.Count == 0) throw new ArgumentException("A prompt has at least one message.", nameof(messages));
        var opening = Text.EncodeTrusted(Format.Assistant.Before);
        var turns = messages.Select((m, i) => (m.Role, Tokens: EncodeTurn(m), IsLast: i == messages.Count - 1)).ToList();
        while (turns.Sum(t => t.Tokens.Count) + opening.Count > maximumTokens)
        {
            if (turns.Count == 1) return null;
            var earliest = turns.FindIndex(t => t.Role != MessageRole.System && !t.IsLast);
            turns.RemoveAt(Math.Max(earliest, 0));
        }

        return new([.. turns.SelectMany(t => t.Tokens), .. opening], messages.Count - turns.Count);
    }

    /// <summary>Tokens of an answer, the end token behind it where it ended by itself.</summary>
    public IReadOnlyList<int> EncodeAnswer(string answer, bool ended = true) => ended ? [.. Text.Encode(answer), EndTokenId] : Text.Encode(answer);

    /// <summary>Text of a generated answer, up to the first end token; other special tokens stand for nothing.</summary>
    public string DecodeAnswer(IEnumerable<int> tokens) => Text.Decode(tokens.TakeWhile(t => t != EndTokenId));

    private List<int> EncodeTurn(Message message)
    {
        var format = Format.Of(message.Role);
        return [.. Text.EncodeTrusted(format.Before), .. Text.Encode(message.Content), .. Text.EncodeTrusted(format.After)];
    }
}
