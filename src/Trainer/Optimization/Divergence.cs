using System.Globalization;

namespace Rlhf.Trainer.Optimization;

/// <summary>A loss that is no number any more never becomes one again: the training ends there, and says what to change.</summary>
public static class Divergence
{
    /// <param name="step">1-based.</param>
    /// <param name="lower">What to start again with, e.g. <c>a lower reward.learningRate</c>.</param>
    /// <exception cref="RlhfException"><c>training-diverged</c>: the loss is NaN or infinite.</exception>
    public static void Check(double loss, int step, double learningRate, string lower)
    {
        if (double.IsFinite(loss)) return;
        throw new RlhfException(
            "training-diverged", string.Create(CultureInfo.InvariantCulture, $"The loss at step {step} is {(double.IsNaN(loss) ? "not a number" : "infinite")}; the learning rate was {learningRate:g3}."),
            $"Start the run again with {lower}.", 500);
    }
}
