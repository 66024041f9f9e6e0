using static TorchSharp.torch;

namespace Rlhf.Trainer.Reward;

/// <summary>The pairwise losses (Bradley–Terry), as pure functions over P pairs.</summary>
public static class PreferenceLoss
{
    /// <summary>Weighted mean of −p log σ(Δ − m) − (1−p) log σ(−(Δ − m)), Δ = chosen − rejected; at least 0. With p = 1 it is the usual hard loss.</summary>
    /// <param name="difference">Δ, (P).</param>
    /// <param name="preference">p, (P): share that prefers the chosen answer, ½..1.</param>
    /// <param name="weight">(P), their sum above 0.</param>
    /// <param name="margin">m, (P), raw reward units; null is none.</param>
    /// <returns>A scalar.</returns>
    public static Tensor Pairwise(Tensor difference, Tensor preference, Tensor weight, Tensor? margin = null)
    {
        var logit = margin is null ? difference : difference - margin;
        var losses = -(preference * nn.functional.logsigmoid(logit)) - ((1 - preference) * nn.functional.logsigmoid(-logit));
        return (losses * weight).sum() / weight.sum();
    }

    /// <summary>Weighted share of pairs with Δ above 0; a Δ of exactly 0 counts half.</summary>
    public static double Accuracy(IReadOnlyList<double> differences, IReadOnlyList<double> weights) =>
        differences.Zip(weights).Sum(pair => pair.Second * (pair.First > 0 ? 1 : pair.First < 0 ? 0 : 0.5)) / weights.Sum();
}
