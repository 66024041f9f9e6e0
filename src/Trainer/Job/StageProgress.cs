using Rlhf.Training;

namespace Rlhf.Trainer.Job;

/// <summary>A stage's reports: into metrics and status, and a checkpoint where one is due or the job has to stop.</summary>
internal sealed class StageProgress(
    TrainingStage stage, TrainingState? resume, JobReporter reporter, CheckpointStore checkpoints, TimeSpan checkpointEvery, TimeProvider time,
    Func<double, double> overall, CancellationToken stop, CancellationToken abort) : ITrainingProgress
{
    private long lastCheckpoint = time.GetTimestamp();

    public TrainingState? Resume() => resume;

    public async Task StepAsync(StepReport report, Func<TrainingState> state)
    {
        abort.ThrowIfCancellationRequested();
        reporter.Add(stage, report.Step, report.Values);
        reporter.Update(status => status with
        {
            Stage = stage,
            Step = report.Step,
            Steps = report.Steps,
            Headline = report.Headline,
            Progress = overall((double)report.Step / report.Steps),
        });
        var due = time.GetElapsedTime(lastCheckpoint) >= checkpointEvery && report.Step < report.Steps;
        if (!due && !stop.IsCancellationRequested) return;
        using var saved = state();
        // Before it: a job that goes on from this checkpoint does not draw its curves anew.
        await reporter.FlushAsync(CancellationToken.None);
        await checkpoints.WriteAsync(stage, saved, CancellationToken.None);
        lastCheckpoint = time.GetTimestamp();
        stop.ThrowIfCancellationRequested();
    }
}
