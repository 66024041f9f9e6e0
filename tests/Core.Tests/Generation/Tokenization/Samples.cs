using Rlhf.Generation.Tokenization;

namespace Rlhf.Core.Tests.Generation.Tokenization;

/// <summary>A tokenizer small enough to follow by hand: four special tokens, the bytes, five merges.</summary>
internal static class Samples
{
    private static readonly (string, string)[] Merges = [("h", "e"), ("l", "l"), ("Ġ", "he"), ("he", "ll"), ("hell", "o")];

    public static IReadOnlyDictionary<string, int> SpecialTokens { get; } =
        new[] { "<|system|>", "<|user|>", "<|assistant|>", "<|end|>" }.Select((t, i) => (t, i)).ToDictionary(t => t.t, t => t.i);

    public static TokenizerData Tokenizer()
    {
        var vocabulary = new Dictionary<string, int>(SpecialTokens);
        foreach (var symbol in ByteLevel.Characters.Select(c => c.ToString()).Concat(Merges.Select(m => m.Item1 + m.Item2)))
            vocabulary[symbol] = vocabulary.Count;
        return new(vocabulary, Merges, SpecialTokens);
    }

    public static string Symbol(int id) => Tokenizer().Vocabulary.Single(t => t.Value == id).Key;
}
