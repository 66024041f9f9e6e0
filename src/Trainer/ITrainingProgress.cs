using static TorchSharp.torch;

namespace Rlhf.Trainer;

/// <summary>What an algorithm needs to go on to the same result after it was killed. Random numbers are not part of it: they are derived from the seed and the step.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Tensors">Weights and optimizer state by name.</param>
/// <param name="Numbers">The rest, e.g. the KL coefficient.</param>
public sealed record TrainingState(int Step, IReadOnlyDictionary<string, Tensor> Tensors, IReadOnlyDictionary<string, double> Numbers) : IDisposable
{
    public void Dispose()
    {
        foreach (var tensor in Tensors.Values) tensor.Dispose();
    }
}

/// <summary>One step done, for metrics and for people.</summary>
/// <param name="Step">1-based.</param>
/// <param name="Headline">The metric that matters now.</param>
public sealed record StepReport(int Step, int Steps, string Headline, IReadOnlyDictionary<string, double> Values);

/// <summary>Where an algorithm reports its steps; what is behind it writes metrics and checkpoints and says when to stop.</summary>
public interface ITrainingProgress
{
    /// <summary>The state to go on from, or null to begin. The caller disposes it.</summary>
    TrainingState? Resume();

    /// <summary>Call after each step, with no dispose scope open (the continuation may be on another thread).</summary>
    /// <param name="state">Makes the state, only where a checkpoint is due.</param>
    /// <exception cref="OperationCanceledException">Stopped; a checkpoint was written.</exception>
    Task StepAsync(StepReport report, Func<TrainingState> state);
}
