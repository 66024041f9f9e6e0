namespace Rlhf.Trainer.Tests.Sft;

/// <summary>Stops a training after some steps, keeping its state, and lets another one go on from it.</summary>
internal sealed class Interrupted(int stopAfter, TrainingState? resume = null) : ITrainingProgress
{
    public TrainingState? Kept { get; private set; }

    public List<StepReport> Reports { get; } = [];

    public TrainingState? Resume() => resume;

    public Task StepAsync(StepReport report, Func<TrainingState> state)
    {
        Reports.Add(report);
        if (report.Step != stopAfter) return Task.CompletedTask;
        Kept = state();
        throw new OperationCanceledException();
    }
}
