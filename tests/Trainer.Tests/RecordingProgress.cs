namespace Rlhf.Trainer.Tests;

/// <summary>Keeps the reports; resumes from a state that it is given, and stops with a state after a step where asked to.</summary>
internal sealed class RecordingProgress(TrainingState? resume = null, int? stopAfter = null) : ITrainingProgress
{
    public List<StepReport> Reports { get; } = [];

    public TrainingState? Stopped { get; private set; }

    public TrainingState? Resume() => resume;

    public Task StepAsync(StepReport report, Func<TrainingState> state)
    {
        Reports.Add(report);
        if (report.Step != stopAfter) return Task.CompletedTask;
        Stopped = state();
        throw new OperationCanceledException();
    }
}
