using Rlhf.Trainer.Models;
using Rlhf.Trainer.Optimization;
using Rlhf.Trainer.Reward;
using Rlhf.Training;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Rlhf.Trainer.Ppo;

/// <summary>What changes while PPO trains: the policy, the value model and their optimizers; all of it goes into a checkpoint.</summary>
internal sealed class PpoState : IDisposable
{
    private bool policyTaken;

    public PpoState(ICausalLanguageModel start, RewardModel reward)
    {
        Policy = start.Clone();
        Value = new(reward);
        PolicyOptimizer = new(Policy.Module.named_parameters().Select(p => (p.name, p.parameter)));
        ValueOptimizer = new(Value.Parameters());
    }

    public ICausalLanguageModel Policy { get; }

    public ValueModel Value { get; }

    public AdamW PolicyOptimizer { get; }

    public AdamW ValueOptimizer { get; }

    /// <summary>The caller disposes it.</summary>
    public ICausalLanguageModel TakePolicy()
    {
        policyTaken = true;
        return Policy;
    }

    public TrainingState Save(int step, double klCoefficient) => new(
        step,
        Parameters().Select(p => (p.Name, Value: p.Parameter.detach().clone())).Concat(Optimizers().SelectMany(o => o.Optimizer.State().Select(s => (Name: o.Prefix + s.Name, s.Value))))
            .ToDictionary(t => t.Name, t => t.Value),
        new Dictionary<string, double> { ["klCoefficient"] = klCoefficient, ["policyUpdates"] = PolicyOptimizer.Step, ["valueUpdates"] = ValueOptimizer.Step });

    /// <returns>Steps done, and the coefficient to go on with.</returns>
    public (int Step, double KlCoefficient) Restore(ITrainingProgress progress, PpoSettings settings)
    {
        using var state = progress.Resume();
        if (state is null) return (0, settings.KlCoefficient);
        using var _ = no_grad();
        foreach (var (name, parameter) in Parameters()) parameter.copy_(state.Tensors[name]);
        foreach (var (prefix, updates, optimizer) in Optimizers()) optimizer.Restore((int)state.Numbers[updates], state.Tensors.Under(prefix));
        return (state.Step, state.Numbers["klCoefficient"]);
    }

    public void Dispose()
    {
        if (!policyTaken) Policy.Dispose();
        Value.Dispose();
        PolicyOptimizer.Dispose();
        ValueOptimizer.Dispose();
    }

    private IEnumerable<(string Name, Parameter Parameter)> Parameters() =>
        Policy.Module.named_parameters().Select(p => ($"policy.{p.name}", p.parameter)).Concat(Value.Parameters().Select(p => ($"value.{p.Name}", p.Parameter)));

    private (string Prefix, string Updates, AdamW Optimizer)[] Optimizers() =>
        [("policyOptimizer.", "policyUpdates", PolicyOptimizer), ("valueOptimizer.", "valueUpdates", ValueOptimizer)];
}
