using static TorchSharp.torch;

namespace Rlhf.Trainer.Sampling;

/// <summary>Sequences as one tensor. The tensors belong to the dispose scope they are made in.</summary>
/// <param name="Tokens">(B, T) int64, padded on the right.</param>
/// <param name="Last">(B) int64: index of each row's last token.</param>
public sealed record TokenBatch(Tensor Tokens, Tensor Last)
{
    /// <summary>Any valid token: nothing looks at padding on the right.</summary>
    private const long Padding = 0;

    /// <param name="sequences">At least one, none empty.</param>
    public static TokenBatch Of(IReadOnlyList<IReadOnlyList<int>> sequences)
    {
        var length = sequences.Max(sequence => sequence.Count);
        var tokens = new long[sequences.Count * length];
        Array.Fill(tokens, Padding);
        for (var row = 0; row < sequences.Count; row++)
        {
            for (var t = 0; t < sequences[row].Count; t++) tokens[(row * length) + t] = sequences[row][t];
        }

        return new(tensor(tokens, [sequences.Count, length]), tensor([.. sequences.Select(sequence => sequence.Count - 1L)]));
    }
}
