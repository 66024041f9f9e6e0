using Rlhf.Generation;
using Rlhf.Trainer.Models;
using Rlhf.Trainer.Sampling;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Ppo;

/// <summary>How far a policy has moved: KL(π ‖ π_ref) by its own samples.</summary>
public static class PolicyKl
{
    /// <summary>Mean over answers of Σ log π − log π_ref: nats a sequence, unbiased; samples at temperature 1.</summary>
    /// <param name="prompts">Test prompts as tokens.</param>
    public static double Mean(
        ICausalLanguageModel policy, ICausalLanguageModel reference, IReadOnlyList<int[]> prompts, int maximumAnswerTokens, int endToken, long seed,
        CancellationToken cancellation = default)
    {
        var answers = PolicySampler.Sample(policy, prompts, new SamplingSettings(maximumAnswerTokens), endToken, seed, cancellation);
        var items = prompts.Zip(answers, (prompt, answer) => (Prompt: prompt, Answer: answer.Ended ? (int[])[.. answer.Tokens, endToken] : [.. answer.Tokens]));
        double sum = 0;
        foreach (var chunk in items.Chunk(32)) sum += Sum(policy, reference, chunk);
        return sum / prompts.Count;
    }

    private static double Sum(ICausalLanguageModel policy, ICausalLanguageModel reference, (int[] Prompt, int[] Answer)[] items)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var batch = AnswerBatch.Of(items);
        var logProbabilities = PpoMath.LogProbabilities(policy.Logits(batch.PredictingHidden(policy)), batch.Answers, temperature: 1);
        var referenceLogProbabilities = PpoMath.LogProbabilities(reference.Logits(batch.PredictingHidden(reference)), batch.Answers, temperature: 1);
        return ((logProbabilities - referenceLogProbabilities) * batch.Mask).sum().item<float>();
    }
}
