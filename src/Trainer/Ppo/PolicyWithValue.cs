using Rlhf.Trainer.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Ppo;

/// <summary>The policy, and a linear value head on its trunk that begins at zero.</summary>
public sealed class PolicyWithValue : IDisposable
{
    private readonly Parameter valueWeight;
    private readonly Parameter valueBias;

    /// <param name="policy">Taken over: trained in place, disposed with this.</param>
    public PolicyWithValue(ICausalLanguageModel policy)
    {
        Policy = policy;
        valueWeight = nn.Parameter(zeros(1, policy.Width));
        valueBias = nn.Parameter(zeros(1));
        valueWeight.DetachFromDisposeScope();
        valueBias.DetachFromDisposeScope();
    }

    public ICausalLanguageModel Policy { get; }

    public IEnumerable<(string Name, Parameter Parameter)> Parameters() =>
        Policy.Module.named_parameters().Select(p => (p.name, p.parameter)).Append(("value.weight", valueWeight)).Append(("value.bias", valueBias));

    /// <returns>Logits (B, A, V) of each answer token and values (B, A) before it.</returns>
    public (Tensor Logits, Tensor Values) Evaluate(AnswerBatch batch)
    {
        var hidden = batch.PredictingHidden(Policy);
        return (Policy.Logits(hidden), nn.functional.linear(hidden, valueWeight, valueBias).squeeze(-1));
    }

    public void Dispose()
    {
        Policy.Dispose();
        valueWeight.Dispose();
        valueBias.Dispose();
    }
}
