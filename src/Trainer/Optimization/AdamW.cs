using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Optimization;

/// <summary>AdamW (Loshchilov and Hutter 2019) with clipping of the gradient's norm. Our own, because a killed run has to go on to the same result: its whole state is
/// a step number and tensors by name, which go into the checkpoint beside the weights.</summary>
/// <remarks>Weight decay applies to matrices only, as usual for transformers.</remarks>
public sealed class AdamW : IDisposable
{
    private const double Epsilon = 1e-8;

    private readonly IReadOnlyList<Slot> slots;
    private readonly double beta1;
    private readonly double beta2;
    private readonly double weightDecay;
    private readonly double maximumNorm;

    /// <param name="parameters">Names that stay the same between runs.</param>
    /// <param name="maximumNorm">Norm to which the gradient of all parameters together is clipped.</param>
    public AdamW(
        IEnumerable<(string Name, Parameter Parameter)> parameters, double beta1 = 0.9, double beta2 = 0.95, double weightDecay = 0, double maximumNorm = 1)
    {
        (this.beta1, this.beta2, this.weightDecay, this.maximumNorm) = (beta1, beta2, weightDecay, maximumNorm);
        slots = [.. parameters.Select(p => new Slot(p.Name, p.Parameter, Fresh(p.Parameter), Fresh(p.Parameter)))];
    }

    /// <summary>Updates done.</summary>
    public int Step { get; private set; }

    /// <summary>Applies the gradients and forgets them.</summary>
    /// <returns>The gradient's norm before clipping.</returns>
    public double Apply(double learningRate)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Step++;
        var norm = GradientNorm();
        var scale = Math.Min(1, maximumNorm / (norm + 1e-6));
        var firstCorrection = 1 - Math.Pow(beta1, Step);
        var secondCorrection = 1 - Math.Pow(beta2, Step);
        foreach (var slot in slots)
        {
            if (slot.Parameter.grad is not { } gradient) continue;
            gradient.mul_(scale);
            slot.First.mul_(beta1).add_(gradient, alpha: 1 - beta1);
            slot.Second.mul_(beta2).addcmul_(gradient, gradient, value: 1 - beta2);
            if (weightDecay > 0 && slot.Parameter.dim() > 1) slot.Parameter.mul_(1 - (learningRate * weightDecay));
            var denominator = slot.Second.div(secondCorrection).sqrt_().add_(Epsilon);
            slot.Parameter.addcdiv_(slot.First, denominator, value: -learningRate / firstCorrection);
            gradient.zero_();
        }

        return norm;
    }

    /// <summary>Copies of the moments by name; the caller disposes them.</summary>
    public IEnumerable<(string Name, Tensor Value)> State() =>
        slots.SelectMany(slot => new[] { ($"first.{slot.Name}", slot.First.clone()), ($"second.{slot.Name}", slot.Second.clone()) });

    /// <summary>Takes up where <see cref="State"/> was taken.</summary>
    public void Restore(int step, IReadOnlyDictionary<string, Tensor> state)
    {
        Step = step;
        foreach (var slot in slots)
        {
            slot.First.copy_(state[$"first.{slot.Name}"]);
            slot.Second.copy_(state[$"second.{slot.Name}"]);
        }
    }

    public void Dispose()
    {
        foreach (var slot in slots)
        {
            slot.First.Dispose();
            slot.Second.Dispose();
        }
    }

    private double GradientNorm()
    {
        var norms = slots.Where(slot => slot.Parameter.grad is not null).Select(slot => slot.Parameter.grad!.norm()).ToArray();
        return norms.Length == 0 ? 0 : stack(norms).norm().item<float>();
    }

    private static Tensor Fresh(Parameter parameter) => zeros_like(parameter, requires_grad: false).DetachFromDisposeScope();

    private sealed record Slot(string Name, Parameter Parameter, Tensor First, Tensor Second);
}
