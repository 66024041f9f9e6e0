using static TorchSharp.torch;

namespace Rlhf.Trainer.Ppo;

/// <summary>The formulas of PPO, as pure functions. B answers, A tokens of the longest; a mask (B, A) is 1 on an answer's tokens (its end token included) and 0 after.</summary>
/// <remarks>Sources: Schulman et al. 2017 (PPO), Schulman et al. 2016 (GAE), Ziegler et al. 2019 (per-token KL, clipped value loss).</remarks>
public static class PpoMath
{
    /// <summary>log softmax(logits / temperature) at the chosen tokens.</summary>
    /// <param name="logits">(B, A, V).</param>
    /// <param name="tokens">(B, A) int64.</param>
    /// <returns>(B, A).</returns>
    public static Tensor LogProbabilities(Tensor logits, Tensor tokens, double temperature)
    {
        var scaled = temperature == 1 ? logits : logits / temperature;
        return scaled.gather(-1, tokens.unsqueeze(-1)).squeeze(-1) - scaled.logsumexp(-1);
    }

    /// <summary>−Σ p log p of softmax(logits / temperature), nats, at least 0.</summary>
    /// <param name="logits">(B, A, V).</param>
    /// <returns>(B, A).</returns>
    public static Tensor Entropy(Tensor logits, double temperature)
    {
        var logProbabilities = nn.functional.log_softmax(temperature == 1 ? logits : logits / temperature, -1);
        return -(logProbabilities.exp() * logProbabilities).sum(-1);
    }

    /// <summary>What each token earns: −β (log π − log π_ref) on every token, and the answer's score on its last.</summary>
    /// <param name="scores">(B).</param>
    /// <returns>(B, A), 0 outside the mask.</returns>
    public static Tensor TokenRewards(Tensor logProbabilities, Tensor referenceLogProbabilities, Tensor scores, Tensor mask, double klCoefficient)
    {
        // The last token is where the mask is 1 and its right neighbour is not.
        var next = cat([mask[TensorIndex.Colon, TensorIndex.Slice(1)], zeros_like(mask[TensorIndex.Colon, TensorIndex.Slice(0, 1)])], 1);
        var last = mask - next;
        return ((logProbabilities - referenceLogProbabilities) * (-klCoefficient) * mask) + (last * scores.unsqueeze(1));
    }

    /// <summary>Generalised advantage estimation: A_t = Σ (γλ)^k δ_{t+k}, δ_t = r_t + γ V_{t+1} − V_t, with V = 0 after the last token.</summary>
    /// <param name="rewards">(B, A).</param>
    /// <param name="values">(B, A): V before each token.</param>
    /// <returns>(B, A), 0 outside the mask; the value's target is advantages + values.</returns>
    public static Tensor Advantages(Tensor rewards, Tensor values, Tensor mask, double gamma, double lambda)
    {
        var length = (int)rewards.shape[1];
        var columns = new Tensor[length];
        var advantage = zeros_like(rewards[TensorIndex.Colon, 0]);
        var nextValue = zeros_like(advantage);
        for (var t = length - 1; t >= 0; t--)
        {
            var inside = mask[TensorIndex.Colon, t];
            var value = values[TensorIndex.Colon, t];
            var delta = rewards[TensorIndex.Colon, t] + (gamma * nextValue) - value;
            columns[t] = advantage = (delta + (gamma * lambda * advantage)) * inside;
            nextValue = value * inside;
        }

        return stack(columns, 1);
    }

    /// <summary>Mean over the mask.</summary>
    public static Tensor MaskedMean(Tensor values, Tensor mask) => (values * mask).sum() / mask.sum();

    /// <summary>To mean 0 and variance 1 over the mask; 0 outside.</summary>
    public static Tensor Whiten(Tensor values, Tensor mask)
    {
        var mean = MaskedMean(values, mask);
        var variance = MaskedMean((values - mean).square(), mask);
        return (values - mean) * (variance + 1e-8).rsqrt() * mask;
    }

    /// <summary>Clipped policy loss: mean of −min(ρ A, clip(ρ, 1−ε, 1+ε) A) with ρ = exp(new − old).</summary>
    /// <returns>The loss, and the share of tokens whose ratio was clipped.</returns>
    public static (Tensor Loss, Tensor ClipFraction, Tensor Ratio) PolicyLoss(
        Tensor newLogProbabilities, Tensor oldLogProbabilities, Tensor advantages, Tensor mask, double clipRange)
    {
        var ratio = ((newLogProbabilities - oldLogProbabilities) * mask).exp();
        var clipped = ratio.clamp(1 - clipRange, 1 + clipRange);
        var loss = MaskedMean(-minimum(ratio * advantages, clipped * advantages), mask);
        return (loss, MaskedMean((ratio - 1).abs().gt(clipRange).to(float32), mask), ratio);
    }

    /// <summary>Clipped value loss: ½ mean of max((V − R)², (clip(V, V_old ± ε) − R)²).</summary>
    /// <param name="returns">R, (B, A).</param>
    public static Tensor ValueLoss(Tensor values, Tensor oldValues, Tensor returns, Tensor mask, double clipRange)
    {
        var clipped = oldValues + (values - oldValues).clamp(-clipRange, clipRange);
        return 0.5 * MaskedMean(maximum((values - returns).square(), (clipped - returns).square()), mask);
    }

    /// <summary>Share of the returns' variance that the values explain: 1 is all, 0 no better than their mean, below 0 worse; 0 where the returns do not vary.</summary>
    /// <param name="values">V, one a token.</param>
    /// <param name="returns">R, in the same order; at least one.</param>
    public static double ExplainedVariance(IReadOnlyList<float> values, IReadOnlyList<float> returns)
    {
        var mean = returns.Average(value => (double)value);
        var variance = returns.Sum(value => (value - mean) * (value - mean));
        return variance == 0 ? 0 : 1 - (values.Zip(returns).Sum(pair => Math.Pow((double)pair.First - pair.Second, 2)) / variance);
    }

    /// <summary>What PPO optimises of an answer: its normalised reward, clipped, less the penalty where it has no end token (after clipping, so that it always counts).</summary>
    public static double Score(double normalizedReward, bool ended, double clip, double missingEndPenalty) =>
        Math.Clamp(normalizedReward, -clip, clip) - (ended ? 0 : missingEndPenalty);
}
