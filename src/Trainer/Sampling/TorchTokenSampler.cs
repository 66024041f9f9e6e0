using Rlhf.Generation;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Sampling;

/// <summary>Draws the next token of many rows at once, where the logits are. The same draw as <see cref="Generation.Onnx.TokenSampler"/> makes of the same random number, up to rounding.</summary>
internal static class TorchTokenSampler
{
    /// <param name="logits">(B, V).</param>
    /// <param name="uniforms">(B) float64 in [0, 1).</param>
    /// <returns>Tokens (B) int64 and their log-probabilities (B) under the whole (uncut) distribution at the temperature; at temperature 0 that of temperature 1.</returns>
    public static (Tensor Tokens, Tensor LogProbabilities) Draw(Tensor logits, SamplingSettings sampling, Tensor uniforms)
    {
        var isGreedy = sampling.Temperature <= 0;
        var scaled = logits.to_type(ScalarType.Float64) / (isGreedy ? 1 : sampling.Temperature);
        // exp(x/T − max): (B, V)
        var weights = (scaled - scaled.amax([1], keepdim: true)).exp();
        var tokens = isGreedy ? logits.argmax(1)
            : sampling.TopK > 0 || sampling.TopP < 1 ? DrawCut(weights, sampling, uniforms)
            : FirstAbove(weights.cumsum(1), uniforms, logits.shape[1] - 1);
        return (tokens, nn.functional.log_softmax(scaled, 1).gather(1, tokens.unsqueeze(1)).squeeze(1));
    }

    /// <summary>The likeliest tokens first (ties by token): at most top-k of them, and no more than reach a share of top-p.</summary>
    private static Tensor DrawCut(Tensor weights, SamplingSettings sampling, Tensor uniforms)
    {
        var (sorted, order) = weights.sort(1, descending: true, stable: true);
        if (sampling.TopK > 0 && sampling.TopK < sorted.shape[1]) sorted.narrow(1, sampling.TopK, sorted.shape[1] - sampling.TopK).zero_();
        var reached = sorted.cumsum(1);
        var share = sampling.TopP * reached.narrow(1, reached.shape[1] - 1, 1);
        // How many tokens it takes to reach the share: (B, 1)
        var kept = reached.less(share).sum(1, keepdim: true) + 1;
        var last = (kept - 1).clamp_max(reached.shape[1] - 1);
        var within = reached.minimum(reached.gather(1, last));
        return order.gather(1, FirstAbove(within, uniforms, last.squeeze(1)).unsqueeze(1)).squeeze(1);
    }

    /// <summary>For each row the first index whose running sum is above u times the whole, and at most <paramref name="last"/>: (B).</summary>
    private static Tensor FirstAbove(Tensor sums, Tensor uniforms, Tensor last)
    {
        var target = uniforms.unsqueeze(1) * sums.narrow(1, sums.shape[1] - 1, 1);
        return sums.less_equal(target).sum(1).minimum(last);
    }

    private static Tensor FirstAbove(Tensor sums, Tensor uniforms, long last) => FirstAbove(sums, uniforms, full_like(uniforms, last, int64));
}
