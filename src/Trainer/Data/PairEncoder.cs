using Rlhf.Generation;
using Rlhf.Generation.Tokenization;
using Rlhf.Preferences;
using Rlhf.Trainer.Reward;
using Rlhf.Training;

namespace Rlhf.Trainer.Data;

/// <param name="Identical">Pairs whose answers are the same tokens.</param>
/// <param name="TooLong">Pairs where not even the last message fits beside an answer.</param>
public sealed record EncodedPairs(IReadOnlyList<RewardComparison> Comparisons, int Identical, int TooLong)
{
    public int Pairs => Comparisons.Sum(comparison => comparison.Pairs.Count);
}

/// <summary>Preference pairs to tokens, comparison by comparison.</summary>
/// <param name="maximumLength">Tokens of prompt and answer together; a prompt that is too long loses whole early turns, an answer nothing.</param>
public sealed class PairEncoder(ChatTokenizer tokenizer, int maximumLength, RewardSettings settings)
{
    public EncodedPairs Encode(IEnumerable<PreferencePair> pairs)
    {
        var (comparisons, identical, tooLong) = (new List<RewardComparison>(), 0, 0);
        foreach (var comparison in pairs.GroupBy(pair => pair.Comparison))
        {
            var (sequences, encoded) = (new List<int[]>(), new List<RewardPair>());
            foreach (var pair in comparison)
            {
                if (Encode(pair) is not { } both) tooLong++;
                else if (both.Chosen.AsSpan().SequenceEqual(both.Rejected)) identical++;
                else
                    encoded.Add(new(IndexOf(sequences, both.Chosen), IndexOf(sequences, both.Rejected), pair.Weight,
                        settings.SoftLabels ? pair.Preference : 1, pair.Margin ?? 0));
            }

            if (encoded.Count > 0) comparisons.Add(new(sequences, encoded));
        }

        return new(comparisons, identical, tooLong);
    }

    /// <summary>Both answers behind the same prompt, cut so that the longer one fits.</summary>
    private (int[] Chosen, int[] Rejected)? Encode(PreferencePair pair)
    {
        var chosen = tokenizer.EncodeAnswer(pair.Chosen, pair.FinishReasons?.Chosen is not FinishReason.Length);
        var rejected = tokenizer.EncodeAnswer(pair.Rejected, pair.FinishReasons?.Rejected is not FinishReason.Length);
        var prompt = tokenizer.EncodePrompt(pair.Messages, maximumLength - Math.Max(chosen.Count, rejected.Count));
        return prompt is null ? null : ([.. prompt.Tokens, .. chosen], [.. prompt.Tokens, .. rejected]);
    }

    private static int IndexOf(List<int[]> sequences, int[] sequence)
    {
        var index = sequences.FindIndex(known => known.AsSpan().SequenceEqual(sequence));
        if (index >= 0) return index;
        sequences.Add(sequence);
        return sequences.Count - 1;
    }
}
