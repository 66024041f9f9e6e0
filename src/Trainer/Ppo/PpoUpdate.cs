using Rlhf.Generation.Onnx;
using Rlhf.Trainer.Optimization;
using Rlhf.Training;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Ppo;

/// <summary>The second half of a PPO step: some epochs of minibatches over its rollouts.</summary>
public static class PpoUpdate
{
    /// <param name="rollouts">The first epoch takes them in this order.</param>
    /// <returns>Metrics: means over all minibatches, and <c>firstRatioError</c>, the largest |ratio − 1| on the first minibatch, which is 0 where everything is right.</returns>
    /// <exception cref="RlhfException"><c>training-diverged</c>: the loss is not a number.</exception>
    public static Dictionary<string, double> Apply(
        PolicyWithValue policy, AdamW optimizer, IReadOnlyList<Rollout> rollouts, PpoSettings settings, double learningRate, long seed)
    {
        var results = new List<Dictionary<string, double>>();
        var minibatches = (rollouts.Count + settings.MinibatchSize - 1) / settings.MinibatchSize;
        var step = 1 + (optimizer.Step / (settings.Epochs * minibatches));
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            var order = rollouts.ToArray();
            if (epoch > 0) new SeededRandom(SeededRandom.Combine(seed, epoch)).Shuffle<Rollout>(order);
            foreach (var minibatch in order.Chunk(settings.MinibatchSize)) results.Add(Minibatch(policy, optimizer, minibatch, settings, step, learningRate));
        }

        var values = results[0].Keys.Where(name => name != "ratioError").ToDictionary(name => name, name => results.Average(result => result[name]));
        values["firstRatioError"] = results[0]["ratioError"];
        values["firstClipFraction"] = results[0]["clipFraction"];
        values["learningRate"] = learningRate;
        return values;
    }

    private static Dictionary<string, double> Minibatch(
        PolicyWithValue policy, AdamW optimizer, Rollout[] rollouts, PpoSettings settings, int step, double learningRate)
    {
        using var scope = NewDisposeScope();
        var batch = AnswerBatch.Of([.. rollouts.Select(rollout => (rollout.Prompt, rollout.Answer))]);
        var (logits, values) = policy.Evaluate(batch);
        var logProbabilities = PpoMath.LogProbabilities(logits, batch.Answers, settings.Temperature);
        var oldLogProbabilities = AnswerBatch.Pad([.. rollouts.Select(rollout => rollout.LogProbabilities)]);
        var (policyLoss, clipFraction, ratio) = PpoMath.PolicyLoss(
            logProbabilities, oldLogProbabilities, AnswerBatch.Pad([.. rollouts.Select(rollout => rollout.Advantages)]), batch.Mask, settings.ClipRange);
        var valueLoss = PpoMath.ValueLoss(
            values, AnswerBatch.Pad([.. rollouts.Select(rollout => rollout.Values)]), AnswerBatch.Pad([.. rollouts.Select(rollout => rollout.Returns)]),
            batch.Mask, settings.ValueClipRange);
        var loss = policyLoss + (settings.ValueCoefficient * valueLoss);
        Divergence.Check(loss.item<float>(), step, learningRate, "a lower ppo.learningRate or a higher ppo.klCoefficient");
        loss.backward();
        var norm = optimizer.Apply(learningRate);
        using var _ = no_grad();
        return new()
        {
            ["loss"] = loss.item<float>(),
            ["policyLoss"] = policyLoss.item<float>(),
            ["valueLoss"] = valueLoss.item<float>(),
            ["clipFraction"] = clipFraction.item<float>(),
            ["entropy"] = PpoMath.MaskedMean(PpoMath.Entropy(logits, settings.Temperature), batch.Mask).item<float>(),
            ["gradientNorm"] = norm,
            ["ratioError"] = ((ratio - 1).abs() * batch.Mask).max().item<float>(),
        };
    }
}
