using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Rlhf.Generation.Tokenization;

namespace Rlhf.Trainer.Tokenization;

/// <summary>Learns a byte-level BPE vocabulary (Sennrich et al. 2016, on bytes as in GPT-2): the most frequent pair of neighbouring symbols within words becomes one symbol, again and again.</summary>
/// <remarks>Departure: pairs seen once are not merged. Equal counts go to the pair that is first in ordinal order, so the same texts always give the same vocabulary.
/// Each round counts all pairs anew over the distinct words: seconds for a megabyte of text and a thousand merges.</remarks>
public static class BytePairTrainer
{
    /// <param name="texts">What the vocabulary is learned from.</param>
    /// <param name="vocabularySize">Special tokens, 256 bytes and merges together; fewer come back where the texts have no more pairs.</param>
    /// <param name="specialTokens">They get the first ids.</param>
    /// <exception cref="ArgumentOutOfRangeException">The vocabulary has no room for the bytes and the special tokens.</exception>
    public static TokenizerData Train(IEnumerable<string> texts, int vocabularySize, IReadOnlyList<string> specialTokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 256 + specialTokens.Count);
        var special = specialTokens.Select((token, id) => (token, id)).ToDictionary(t => t.token, t => t.id);
        var vocabulary = new Dictionary<string, int>(special);
        foreach (var character in ByteLevel.Characters) vocabulary[character.ToString()] = vocabulary.Count;
        var merges = new List<(string Left, string Right)>();
        var words = CountWords(texts);
        while (vocabulary.Count < vocabularySize && MostFrequentPair(words) is var (left, right))
        {
            merges.Add((left, right));
            // Two different pairs can make the same symbol.
            vocabulary.TryAdd(left + right, vocabulary.Count);
            foreach (var (symbols, _) in words) Merge(symbols, left, right);
        }

        return new(vocabulary, merges, special);
    }

    private static List<(List<string> Symbols, int Count)> CountWords(IEnumerable<string> texts)
    {
        var pattern = new Regex(ByteLevel.Gpt2Pattern, RegexOptions.CultureInvariant);
        var counts = new Dictionary<string, int>();
        foreach (var text in texts)
            foreach (Match word in pattern.Matches(text))
                CollectionsMarshal.GetValueRefOrAddDefault(counts, word.Value, out _)++;
        return [.. counts.OrderBy(w => w.Key, StringComparer.Ordinal)
            .Select(w => (Encoding.UTF8.GetBytes(w.Key).Select(b => ByteLevel.Characters[b].ToString()).ToList(), w.Value))];
    }

    private static (string Left, string Right)? MostFrequentPair(List<(List<string> Symbols, int Count)> words)
    {
        var counts = new Dictionary<(string Left, string Right), long>();
        foreach (var (symbols, count) in words)
            for (var i = 1; i < symbols.Count; i++)
                CollectionsMarshal.GetValueRefOrAddDefault(counts, (symbols[i - 1], symbols[i]), out _) += count;
        var most = counts.Where(p => p.Value > 1).OrderByDescending(p => p.Value)
            .ThenBy(p => p.Key.Left, StringComparer.Ordinal).ThenBy(p => p.Key.Right, StringComparer.Ordinal);
        return most.Select(p => ((string, string)?)p.Key).FirstOrDefault();
    }

    /// <summary>From the left, as the encoder does it: with the pair (a, a), 'aaa' becomes (aa, a).</summary>
    private static void Merge(List<string> symbols, string left, string right)
    {
        for (var i = 0; i + 1 < symbols.Count; i++)
        {
            if (symbols[i] != left || symbols[i + 1] != right) continue;
            symbols[i] = left + right;
            symbols.RemoveAt(i + 1);
        }
    }
}
