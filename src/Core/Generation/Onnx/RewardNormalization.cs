namespace Rlhf.Generation.Onnx;

/// <summary>μ and s of a reward model's raw scores on reference answers to train prompts; everywhere after it is r̂ = (r − μ) / s that counts.</summary>
public sealed record RewardNormalization(double Mean, double Deviation)
{
    /// <summary>Below it a deviation says that the model gives every answer the same score.</summary>
    private const double SmallestDeviation = 1e-6;

    public double Apply(double raw) => (raw - Mean) / Deviation;

    /// <param name="scores">Raw, at least one.</param>
    public static RewardNormalization Of(IReadOnlyList<float> scores)
    {
        var mean = scores.Average(score => (double)score);
        var variance = scores.Average(score => (score - mean) * (score - mean));
        return new(mean, Math.Max(Math.Sqrt(variance), SmallestDeviation));
    }
}
