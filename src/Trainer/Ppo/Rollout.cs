namespace Rlhf.Trainer.Ppo;

/// <summary>One answer of the policy, and all that PPO needs to know of it. Arrays have one entry an answer token, the end token included.</summary>
public sealed record Rollout(int[] Prompt, int[] Answer, bool Ended, float[] GeneratorLogProbabilities)
{
    /// <summary>r̂, as the reward model gives it.</summary>
    public double Reward { get; set; }

    /// <summary>What is optimised: see <see cref="PpoMath.Score"/>.</summary>
    public double Score { get; set; }

    /// <summary>By torch, at the sampling temperature.</summary>
    public float[] LogProbabilities { get; set; } = [];

    public float[] ReferenceLogProbabilities { get; set; } = [];

    public float[] Values { get; set; } = [];

    /// <summary>Whitened over the step's rollouts.</summary>
    public float[] Advantages { get; set; } = [];

    public float[] Returns { get; set; } = [];

    /// <summary>Nats: Σ log π − log π_ref over the answer.</summary>
    public double Kl => LogProbabilities.Zip(ReferenceLogProbabilities).Sum(pair => (double)pair.First - pair.Second);

    /// <summary>Largest difference between the generator's log-probabilities and torch's.</summary>
    public double Gap => LogProbabilities.Zip(GeneratorLogProbabilities).Max(pair => Math.Abs((double)pair.First - pair.Second));
}
