using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace Rlhf.Generation.Tokenization;

/// <summary>Text to token ids and back. Any text comes back as it went in (a lone surrogate, which is no text, as U+FFFD).</summary>
/// <remarks>A person's text never becomes a special token, whatever it says: <c>&lt;|end|&gt;</c> typed by a user is six ordinary characters and more. Thread-safe.</remarks>
public sealed class TextTokenizer
{
    private readonly BpeTokenizer merger;
    private readonly Dictionary<int, byte[]> bytes = [];
    private readonly IReadOnlyDictionary<string, int> specialTokens;

    /// <exception cref="RlhfException"><c>tokenizer-damaged</c>: a byte has no token, a merge makes no token, or a pattern is no regular expression.</exception>
    public TextTokenizer(TokenizerData data)
    {
        specialTokens = data.SpecialTokens;
        VocabularySize = data.Vocabulary.Values.Max() + 1;
        var symbols = data.Vocabulary.Where(t => !data.SpecialTokens.ContainsKey(t.Key)).ToList();
        foreach (var (symbol, id) in symbols) bytes[id] = ByteLevel.TryGetBytes(symbol) ?? throw Damaged($"'{symbol}' is not written in the byte-level alphabet");
        if (ByteLevel.Characters.FirstOrDefault(c => !data.Vocabulary.ContainsKey(c.ToString())) is var missing and not '\0')
            throw Damaged($"the byte that is written '{missing}' has no token");
        merger = CreateMerger(data, symbols);
    }

    /// <summary>One more than the highest id.</summary>
    public int VocabularySize { get; }

    /// <summary>Ids of a text, none of them special.</summary>
    public IReadOnlyList<int> Encode(string text) => merger.EncodeToIds(WithoutLoneSurrogates(text));

    /// <summary>Ids of a text of the chat format's own, in which special tokens mean what they are.</summary>
    public IReadOnlyList<int> EncodeTrusted(string text)
    {
        if (specialTokens.Count == 0 || text.Length == 0) return Encode(text);
        var pattern = string.Join('|', specialTokens.Keys.OrderByDescending(t => t.Length).Select(Regex.Escape));
        return [.. Regex.Split(text, $"({pattern})").SelectMany(part => specialTokens.TryGetValue(part, out var id) ? [id] : Encode(part))];
    }

    /// <summary>Text of ids; special tokens and ids outside the vocabulary stand for nothing, bytes that are no UTF-8 for U+FFFD.</summary>
    public string Decode(IEnumerable<int> ids) =>
        Encoding.UTF8.GetString([.. ids.SelectMany(id => bytes.TryGetValue(id, out var symbol) ? symbol : [])]);

    /// <exception cref="RlhfException"><c>tokenizer-damaged</c>: there is no such special token.</exception>
    public int SpecialTokenId(string token) =>
        specialTokens.TryGetValue(token, out var id) ? id : throw Damaged($"there is no special token '{token}'");

    private static BpeTokenizer CreateMerger(TokenizerData data, List<KeyValuePair<string, int>> symbols)
    {
        try
        {
            return BpeTokenizer.Create(new BpeOptions(symbols)
            {
                ByteLevel = true,
                Merges = data.Merges.Select(m => $"{m.Left} {m.Right}"),
                PreTokenizer = new RegexPreTokenizer(new Regex(data.Pattern, RegexOptions.CultureInvariant), null),
            });
        }
        catch (Exception damaged) when (damaged is ArgumentException or InvalidOperationException or KeyNotFoundException)
        {
            throw Damaged(damaged.Message);
        }
    }

    private static string WithoutLoneSurrogates(string text) =>
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static RlhfException Damaged(string why) => new("tokenizer-damaged", $"The tokenizer can't be used: {why}.",
        "Download the model's tokenizer files again; they must belong together.");
}
