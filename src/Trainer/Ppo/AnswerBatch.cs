using Rlhf.Trainer.Models;
using Rlhf.Trainer.Sampling;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Ppo;

/// <summary>Prompts with their answers as tensors: B answers, A tokens of the longest. They belong to the dispose scope they are made in.</summary>
/// <param name="Tokens">(B, T) int64: prompt and answer, padded on the right.</param>
/// <param name="Predicting">(B, A) int64: the position whose hidden state predicts each answer token.</param>
/// <param name="Answers">(B, A) int64: answer tokens, the end token included where there is one.</param>
/// <param name="Mask">(B, A): 1 on answer tokens.</param>
public sealed record AnswerBatch(Tensor Tokens, Tensor Predicting, Tensor Answers, Tensor Mask)
{
    /// <param name="items">At least one; no prompt and no answer empty.</param>
    public static AnswerBatch Of(IReadOnlyList<(int[] Prompt, int[] Answer)> items)
    {
        var length = items.Max(item => item.Answer.Length);
        var count = items.Count * length;
        var (predicting, answers, mask) = (new long[count], new long[count], new float[count]);
        for (var row = 0; row < items.Count; row++)
        {
            var (prompt, answer) = items[row];
            for (var t = 0; t < answer.Length; t++)
            {
                var at = (row * length) + t;
                (predicting[at], answers[at], mask[at]) = (prompt.Length - 1 + t, answer[t], 1);
            }
        }

        long[] shape = [items.Count, length];
        // The last answer token predicts nothing, but the reward model and the policy see the same sequence, so it stays in.
        var tokens = TokenBatch.Of([.. items.Select(item => (int[])[.. item.Prompt, .. item.Answer])]).Tokens;
        return new(tokens, tensor(predicting, shape), tensor(answers, shape), tensor(mask, shape));
    }

    /// <summary>(B, A, W).</summary>
    public Tensor PredictingHidden(ICausalLanguageModel model)
    {
        var hidden = model.Hidden(Tokens);
        return hidden.gather(1, Predicting.unsqueeze(-1).expand(-1, -1, hidden.shape[2]));
    }

    /// <summary>Rows of different lengths as (B, A), 0 after each row's end.</summary>
    public static Tensor Pad(IReadOnlyList<float[]> rows)
    {
        var length = rows.Max(row => row.Length);
        var values = new float[rows.Count * length];
        for (var row = 0; row < rows.Count; row++) rows[row].CopyTo(values, row * length);
        return tensor(values, [rows.Count, length]);
    }

    /// <summary>The reverse of <see cref="Pad"/>: each row cut to its length.</summary>
    public static float[][] Cut(Tensor padded, IReadOnlyList<int> lengths)
    {
        var width = (int)padded.shape[1];
        var values = padded.detach().cpu().contiguous().data<float>().ToArray();
        return [.. lengths.Select((length, row) => values.AsSpan(row * width, length).ToArray())];
    }
}
