using Rlhf.Trainer.Sampling;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Reward;

/// <summary>Comparisons as tensors. They belong to the dispose scope they are made in.</summary>
/// <param name="Sequences">All answers of all comparisons, N rows in some batches: sorted by length, so that little is padding.</param>
/// <param name="Chosen">(P) int64: rows of the chosen answers, counted over the batches.</param>
/// <param name="Rejected">(P) int64.</param>
/// <param name="Preference">(P).</param>
/// <param name="Weight">(P).</param>
/// <param name="Margin">(P).</param>
internal sealed record PairTensors(IReadOnlyList<TokenBatch> Sequences, Tensor Chosen, Tensor Rejected, Tensor Preference, Tensor Weight, Tensor Margin)
{
    private const int RowsTogether = 16;

    public static PairTensors Of(IReadOnlyList<RewardComparison> comparisons)
    {
        var sequences = comparisons.SelectMany(comparison => comparison.Sequences).ToList();
        var sorted = Enumerable.Range(0, sequences.Count).OrderBy(i => sequences[i].Length).ToArray();
        var row = new long[sequences.Count];
        for (var i = 0; i < sorted.Length; i++) row[sorted[i]] = i;
        var first = 0;
        var (chosen, rejected) = (new List<long>(), new List<long>());
        foreach (var comparison in comparisons)
        {
            chosen.AddRange(comparison.Pairs.Select(pair => row[first + pair.Chosen]));
            rejected.AddRange(comparison.Pairs.Select(pair => row[first + pair.Rejected]));
            first += comparison.Sequences.Count;
        }

        var pairs = comparisons.SelectMany(comparison => comparison.Pairs).ToList();
        Tensor Column(Func<RewardPair, double> value) => tensor([.. pairs.Select(pair => (float)value(pair))]);
        return new(
            [.. sorted.Chunk(RowsTogether).Select(rows => TokenBatch.Of([.. rows.Select(i => sequences[i])]))], tensor(chosen.ToArray()), tensor(rejected.ToArray()),
            Column(pair => pair.Preference), Column(pair => pair.Weight), Column(pair => pair.Margin));
    }

    /// <summary>Δ, (P).</summary>
    public Tensor Difference(RewardModel model)
    {
        var scores = cat([.. Sequences.Select(batch => model.Scores(batch.Tokens, batch.Last))]);
        return scores[Chosen] - scores[Rejected];
    }

    public Tensor Loss(Tensor difference) => PreferenceLoss.Pairwise(difference, Preference, Weight, Margin);
}
