using Rlhf.Trainer.Models;
using Rlhf.Trainer.Optimization;
using Rlhf.Training;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Ppo;

/// <summary>The policy's half of a PPO step: some epochs of minibatches over its rollouts.</summary>
public static class PpoUpdate
{
    /// <param name="rollouts">The first epoch takes them in this order.</param>
    /// <returns>Metrics: means over all minibatches, and <c>firstRatioError</c>, the largest |ratio − 1| on the first minibatch, which is 0 where everything is right.</returns>
    /// <exception cref="RlhfException"><c>training-diverged</c>: the loss is not a number.</exception>
    public static Dictionary<string, double> Apply(
        ICausalLanguageModel policy, AdamW optimizer, IReadOnlyList<Rollout> rollouts, PpoSettings settings, int step, double learningRate, long seed)
    {
        var results = Minibatches.Epochs(rollouts, settings.Epochs, settings.MinibatchSize, seed)
            .Select(minibatch => Minibatch(policy, optimizer, minibatch, settings, step, learningRate)).ToList();
        var values = results[0].Keys.Where(name => name != "ratioError").ToDictionary(name => name, name => results.Average(result => result[name]));
        values["firstRatioError"] = results[0]["ratioError"];
        values["firstClipFraction"] = results[0]["clipFraction"];
        values["learningRate"] = learningRate;
        return values;
    }

    private static Dictionary<string, double> Minibatch(
        ICausalLanguageModel policy, AdamW optimizer, Rollout[] minibatch, PpoSettings settings, int step, double learningRate)
    {
        var parts = Minibatches.Parts(minibatch).Select(part => Part(policy, part, Minibatches.Share(part, minibatch), settings, step, learningRate)).ToList();
        var values = parts[0].Keys.ToDictionary(name => name, name => name == "ratioError" ? parts.Max(part => part[name]) : parts.Sum(part => part[name]));
        values["gradientNorm"] = optimizer.Apply(learningRate);
        return values;
    }

    /// <summary>Adds the part's gradient.</summary>
    private static Dictionary<string, double> Part(ICausalLanguageModel policy, Rollout[] part, double share, PpoSettings settings, int step, double learningRate)
    {
        using var scope = NewDisposeScope();
        var batch = AnswerBatch.Of([.. part.Select(rollout => (rollout.Prompt, rollout.Answer))]);
        var logits = policy.Logits(batch.PredictingHidden(policy));
        var (mean, clipFraction, ratio) = PpoMath.PolicyLoss(
            PpoMath.LogProbabilities(logits, batch.Answers, settings.Temperature), AnswerBatch.Pad([.. part.Select(rollout => rollout.LogProbabilities)]),
            AnswerBatch.Pad([.. part.Select(rollout => rollout.Advantages)]), batch.Mask, settings.ClipRange);
        var loss = share * mean;
        Divergence.Check(loss.item<float>(), step, learningRate, "a lower ppo.learningRate or a higher ppo.klCoefficient");
        loss.backward();
        using var _ = no_grad();
        return new()
        {
            ["policyLoss"] = loss.item<float>(),
            ["clipFraction"] = share * clipFraction.item<float>(),
            ["entropy"] = share * PpoMath.MaskedMean(PpoMath.Entropy(logits, settings.Temperature), batch.Mask).item<float>(),
            ["ratioError"] = ((ratio - 1).abs() * batch.Mask).max().item<float>(),
        };
    }
}
