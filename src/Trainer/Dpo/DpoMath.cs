using static TorchSharp.torch;

namespace Rlhf.Trainer.Dpo;

/// <summary>The loss of direct preference optimisation, as a pure function over P pairs.</summary>
public static class DpoMath
{
    /// <summary>How much further the policy has moved towards the chosen answers than towards the rejected, against the reference: β times it is the implicit reward's difference.</summary>
    /// <param name="chosen">Σ log π of the chosen answer's tokens, (P).</param>
    /// <returns>(P).</returns>
    public static Tensor Difference(Tensor chosen, Tensor rejected, Tensor referenceChosen, Tensor referenceRejected) =>
        (chosen - referenceChosen) - (rejected - referenceRejected);

    /// <summary>Σ over the mask: (B, A) → (B).</summary>
    public static Tensor SequenceLogProbabilities(Tensor logProbabilities, Tensor mask) => (logProbabilities * mask).sum(1);
}
