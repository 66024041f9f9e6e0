using Rlhf.Generation.Onnx;
using Rlhf.Trainer.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Reward;

/// <summary>A language model's trunk with a scalar linear head on the last token (Stiennon et al. 2020); no bias, since only differences are trained.</summary>
public sealed class RewardModel : IDisposable
{
    /// <param name="trunk">Taken over: disposed with this.</param>
    /// <param name="head">(1, W); copied.</param>
    public RewardModel(ICausalLanguageModel trunk, Tensor head)
    {
        Trunk = trunk;
        Head = nn.Parameter(head.detach().to(get_default_device()).clone());
        Head.DetachFromDisposeScope();
    }

    public ICausalLanguageModel Trunk { get; }

    /// <summary>(1, W).</summary>
    public Parameter Head { get; }

    /// <summary>1 and 0 until <see cref="RewardTrainer"/> has measured them.</summary>
    public RewardNormalization Normalization { get; set; } = new(0, 1);

    /// <summary>A fresh head with standard deviation 1/√(W+1).</summary>
    /// <param name="start">Copied.</param>
    public static RewardModel From(ICausalLanguageModel start, long seed)
    {
        var random = new SeededRandom(seed);
        var deviation = 1 / Math.Sqrt(start.Width + 1);
        var values = Enumerable.Range(0, start.Width).Select(_ => (float)(random.NextGaussian() * deviation)).ToArray();
        return new(start.Clone(), tensor(values).unsqueeze(0));
    }

    public IEnumerable<(string Name, Parameter Parameter)> Parameters() =>
        Trunk.Module.named_parameters().Select(p => (p.name, p.parameter)).Append(("score.weight", Head));

    /// <summary>Raw scores of hidden states: (…, W) → (…).</summary>
    public Tensor ScoresAt(Tensor hidden) => nn.functional.linear(hidden, Head).squeeze(-1);

    /// <summary>Raw scores of whole sequences.</summary>
    /// <param name="tokens">(B, T) int64, padded on the right.</param>
    /// <param name="last">(B) int64: index of each row's last token.</param>
    /// <returns>(B).</returns>
    public Tensor Scores(Tensor tokens, Tensor last)
    {
        var hidden = Trunk.Hidden(tokens);
        var index = last.view(-1, 1, 1).expand(-1, 1, hidden.shape[2]);
        return ScoresAt(hidden.gather(1, index).squeeze(1));
    }

    public void Dispose()
    {
        Trunk.Dispose();
        Head.Dispose();
    }
}
