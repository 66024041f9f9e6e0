using Rlhf.Trainer.Optimization;
using Rlhf.Training;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Ppo;

/// <summary>The value model's half of a PPO step: it learns what the answers were worth in the end.</summary>
public static class ValueUpdate
{
    /// <returns>Mean loss over all minibatches.</returns>
    /// <exception cref="RlhfException"><c>training-diverged</c>: the loss is not a number.</exception>
    public static double Apply(ValueModel value, AdamW optimizer, IReadOnlyList<Rollout> rollouts, PpoSettings settings, int step, double learningRate, long seed) =>
        Minibatches.Epochs(rollouts, settings.Epochs, settings.MinibatchSize, seed).Select(minibatch =>
        {
            var loss = Minibatches.Parts(minibatch).Sum(part => Part(value, part, Minibatches.Share(part, minibatch), settings, step, learningRate));
            optimizer.Apply(learningRate);
            return loss;
        }).ToList().Average();

    /// <summary>Adds the part's gradient.</summary>
    private static double Part(ValueModel value, Rollout[] part, double share, PpoSettings settings, int step, double learningRate)
    {
        using var scope = NewDisposeScope();
        var batch = AnswerBatch.Of([.. part.Select(rollout => (rollout.Prompt, rollout.Answer))]);
        var loss = share * PpoMath.ValueLoss(
            value.Values(batch), AnswerBatch.Pad([.. part.Select(rollout => rollout.Values)]), AnswerBatch.Pad([.. part.Select(rollout => rollout.Returns)]), batch.Mask,
            settings.ValueClipRange);
        Divergence.Check(loss.item<float>(), step, learningRate, "a lower ppo.valueLearningRate");
        (settings.ValueCoefficient * loss).backward();
        return loss.item<float>();
    }
}
