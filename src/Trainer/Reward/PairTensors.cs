using Rlhf.Trainer.Sampling;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Reward;

/// <summary>Comparisons as tensors. They belong to the dispose scope they are made in.</summary>
/// <param name="Sequences">All answers of all comparisons, N rows.</param>
/// <param name="Chosen">(P) int64: rows of the chosen answers.</param>
/// <param name="Rejected">(P) int64.</param>
/// <param name="Preference">(P).</param>
/// <param name="Weight">(P).</param>
/// <param name="Margin">(P).</param>
internal sealed record PairTensors(TokenBatch Sequences, Tensor Chosen, Tensor Rejected, Tensor Preference, Tensor Weight, Tensor Margin)
{
    public static PairTensors Of(IReadOnlyList<RewardComparison> comparisons)
    {
        var firstRow = 0;
        var (chosen, rejected) = (new List<long>(), new List<long>());
        foreach (var comparison in comparisons)
        {
            chosen.AddRange(comparison.Pairs.Select(pair => (long)firstRow + pair.Chosen));
            rejected.AddRange(comparison.Pairs.Select(pair => (long)firstRow + pair.Rejected));
            firstRow += comparison.Sequences.Count;
        }

        var pairs = comparisons.SelectMany(comparison => comparison.Pairs).ToList();
        Tensor Column(Func<RewardPair, double> value) => tensor([.. pairs.Select(pair => (float)value(pair))]);
        return new(
            TokenBatch.Of([.. comparisons.SelectMany(comparison => comparison.Sequences)]), tensor(chosen.ToArray()), tensor(rejected.ToArray()),
            Column(pair => pair.Preference), Column(pair => pair.Weight), Column(pair => pair.Margin));
    }

    /// <summary>Δ, (P).</summary>
    public Tensor Difference(RewardModel model)
    {
        var scores = model.Scores(Sequences.Tokens, Sequences.Last);
        return scores[Chosen] - scores[Rejected];
    }

    public Tensor Loss(Tensor difference) => PreferenceLoss.Pairwise(difference, Preference, Weight, Margin);
}
