using Rlhf.Trainer.Models;
using Rlhf.Trainer.Reward;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Ppo;

/// <summary>
/// What PPO expects of an answer before each of its tokens: a model of its own that begins as the reward model (Ouyang et al. 2022, appendix C.4), so that it reads an answer as
/// the reward model does from the first step on.
/// </summary>
public sealed class ValueModel : IDisposable
{
    private readonly ICausalLanguageModel trunk;
    private readonly Parameter weight;
    private readonly Parameter bias;

    /// <param name="reward">Normalised; copied.</param>
    public ValueModel(RewardModel reward)
    {
        var (mean, deviation) = (reward.Normalization.Mean, reward.Normalization.Deviation);
        trunk = reward.Trunk.Clone();
        using var _ = no_grad();
        weight = nn.Parameter(reward.Head.div(deviation));
        bias = nn.Parameter(full([1], (float)(-mean / deviation)));
        weight.DetachFromDisposeScope();
        bias.DetachFromDisposeScope();
    }

    public IEnumerable<(string Name, Parameter Parameter)> Parameters() =>
        trunk.Module.named_parameters().Select(p => (p.name, p.parameter)).Append(("value.weight", weight)).Append(("value.bias", bias));

    /// <summary>V before each answer token, (B, A).</summary>
    public Tensor Values(AnswerBatch batch) => nn.functional.linear(batch.PredictingHidden(trunk), weight, bias).squeeze(-1);

    public void Dispose()
    {
        trunk.Dispose();
        weight.Dispose();
        bias.Dispose();
    }
}
