using Rlhf.Generation.Onnx;

namespace Rlhf.Trainer.Ppo;

/// <summary>How a step's rollouts are cut up.</summary>
public static class Minibatches
{
    private const int RowsTogether = 16;

    /// <summary>Some epochs of minibatches; the first epoch takes the rollouts in the order they have, each later one in another.</summary>
    public static IEnumerable<Rollout[]> Epochs(IReadOnlyList<Rollout> rollouts, int epochs, int size, long seed)
    {
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            var order = rollouts.ToArray();
            if (epoch > 0) new SeededRandom(SeededRandom.Combine(seed, epoch)).Shuffle<Rollout>(order);
            foreach (var minibatch in order.Chunk(size)) yield return minibatch;
        }
    }

    /// <summary>A minibatch in parts of about the same length, so that little is padding. Gradients of the parts add up to the minibatch's where each part counts by its <see cref="Share"/>.</summary>
    public static IEnumerable<Rollout[]> Parts(Rollout[] minibatch) => minibatch.OrderBy(rollout => rollout.Prompt.Length + rollout.Answer.Length).Chunk(RowsTogether);

    /// <summary>Share of the minibatch's answer tokens that are the part's.</summary>
    public static double Share(Rollout[] part, Rollout[] minibatch) => (double)part.Sum(rollout => rollout.Answer.Length) / minibatch.Sum(rollout => rollout.Answer.Length);
}
