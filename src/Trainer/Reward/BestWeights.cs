using static TorchSharp.torch;

namespace Rlhf.Trainer.Reward;

/// <summary>A copy of the weights at the lowest validation loss so far.</summary>
internal sealed class BestWeights : IDisposable
{
    private readonly Dictionary<string, Tensor> weights;

    public BestWeights(RewardModel model) =>
        weights = model.Parameters().ToDictionary(p => p.Name, p => p.Parameter.detach().clone().DetachFromDisposeScope());

    public double Loss { get; private set; } = double.PositiveInfinity;

    public double Accuracy { get; private set; } = double.NaN;

    public void Offer(RewardModel model, double loss, double accuracy)
    {
        if (!(loss < Loss)) return;
        (Loss, Accuracy) = (loss, accuracy);
        using var _ = no_grad();
        foreach (var (name, parameter) in model.Parameters()) weights[name].copy_(parameter);
    }

    public void CopyTo(RewardModel model)
    {
        using var _ = no_grad();
        foreach (var (name, parameter) in model.Parameters()) parameter.copy_(weights[name]);
    }

    public IEnumerable<(string Name, Tensor Value)> State() => weights.Select(w => (w.Key, w.Value.clone()));

    /// <summary>Nothing before the first offer.</summary>
    public Dictionary<string, double> Numbers() =>
        double.IsFinite(Loss) ? new() { ["bestLoss"] = Loss, ["bestAccuracy"] = Accuracy } : [];

    public void Restore(IReadOnlyDictionary<string, Tensor> state, IReadOnlyDictionary<string, double> numbers)
    {
        Loss = numbers.GetValueOrDefault("bestLoss", Loss);
        Accuracy = numbers.GetValueOrDefault("bestAccuracy", Accuracy);
        foreach (var (name, value) in weights) value.copy_(state[name]);
    }

    public void Dispose()
    {
        foreach (var value in weights.Values) value.Dispose();
    }
}
