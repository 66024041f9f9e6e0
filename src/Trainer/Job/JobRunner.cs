using Rlhf.Storage;
using Rlhf.Training;

namespace Rlhf.Trainer.Job;

/// <summary>Runs a job's stages, each once, across as many starts as it takes.</summary>
/// <param name="blobs">Storage without a lease; the runner takes it.</param>
/// <param name="stop">Asked to stop: the running stage writes a checkpoint and ends.</param>
public sealed class JobRunner(IBlobStore blobs, TrainingJob job, TimeProvider time, Action<string> log, CancellationToken stop)
{
    private readonly IReadOnlyList<TrainingStage> stages = JobStages.Of(job);

    private string ProgressPath => $"{job.Output}/checkpoints/job.json";

    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public async Task<int> RunAsync()
    {
        await using var lease = await RunLease.TryAcquireAsync(new PatientBlobStore(blobs, time, log), $"{job.Output}/lock", time, stop);
        if (lease is null) return HeldByAnother();
        var mine = new PatientBlobStore(new LeasedBlobStore(blobs, lease), time, log);
        using var reporter = new JobReporter(mine, job, time, ReportPace.On(blobs));
        if (await blobs.ReadJsonAsync<RunStatus>($"{job.Output}/status.json", stop) is { State: RunState.Succeeded }) return ExitCodes.Done;

        await using var heart = new JobHeartbeat(lease, reporter, time);
        using var work = Scratch.NewFolder("job");
        try
        {
            var results = await RunStagesAsync(mine, reporter, new JobModels(mine, work.Path), heart.Failed);
            reporter.Update(status => status with { State = RunState.Succeeded, Progress = 1, Results = results, Error = null });
            await reporter.FlushAsync(CancellationToken.None);
            return ExitCodes.Done;
        }
        catch (Exception e)
        {
            return await EndAsync(heart.Failure ?? e, reporter);
        }
    }

    private async Task<RunResults> RunStagesAsync(PatientBlobStore mine, JobReporter reporter, JobModels models, CancellationToken abort)
    {
        // At once: whoever waits sees that the job lives, and an error of an earlier start is gone.
        await reporter.FlushAsync(abort);
        var checkpoints = new CheckpointStore(mine, job.Output);
        var progress = await mine.ReadJsonAsync<JobProgress>(ProgressPath, abort) ?? JobProgress.Begin;
        foreach (var stage in stages.Skip(progress.Done.Count))
        {
            var began = time.GetTimestamp();
            using var resume = await checkpoints.ReadAsync(stage, abort);
            Say(reporter, resume is null ? $"{stage}: begins" : $"{stage}: goes on from step {resume.Step}");
            reporter.Update(status => status with { Stage = stage, Step = resume?.Step ?? 0, Progress = JobStages.Overall(stages, stage, 0) });
            // A job killed in this stage has said that it began it.
            await reporter.FlushAsync(abort);
            var reports = new StageProgress(
                stage, resume, reporter, checkpoints, job.Settings.CheckpointEvery, time, within => JobStages.Overall(stages, stage, within), stop, abort);
            var context = new StageContext(job, mine, models, Policy(progress), reports, reporter, progress.Results, abort);
            var results = await RunAsync(stage, context);
            progress = progress.With(stage, results, progress.Seconds + time.GetElapsedTime(began).TotalSeconds);
            await mine.WriteJsonAsync(ProgressPath, progress, default, abort);
            await checkpoints.ClearAsync(stage, abort);
            stop.ThrowIfCancellationRequested();
        }

        return progress.Results with { Seconds = Math.Round(progress.Seconds, 1) };
    }

    private static Task<RunResults> RunAsync(TrainingStage stage, StageContext context) => stage switch
    {
        TrainingStage.Sft => SftStage.RunAsync(context),
        TrainingStage.Reward => RewardStage.RunAsync(context),
        TrainingStage.Ppo => PpoStage.RunAsync(context),
        TrainingStage.Dpo => DpoStage.RunAsync(context),
        TrainingStage.Generate => GenerateStageRunner.RunAsync(context),
        _ => ExportStage.RunAsync(context),
    };

    /// <summary>What the last stage that made a policy left, or the job's.</summary>
    private string Policy(JobProgress progress)
    {
        var last = progress.Done.LastOrDefault(stage => stage is TrainingStage.Sft or TrainingStage.Ppo or TrainingStage.Dpo, TrainingStage.Export);
        return last == TrainingStage.Export ? job.Policy : $"{job.Output}/checkpoints/policy-{last.ToString().ToLowerInvariant()}";
    }

    private void Say(JobReporter reporter, string line)
    {
        log(line);
        reporter.Say(line);
    }

    private int HeldByAnother()
    {
        log($"Another trainer works on {job.Run}; nothing to do here.");
        return ExitCodes.HeldByAnother;
    }

    private async Task<int> EndAsync(Exception cause, JobReporter reporter)
    {
        if (cause is LeaseLostException) return HeldByAnother();
        if (cause is OperationCanceledException)
        {
            Say(reporter, "Stopped on request; the checkpoint is kept.");
            // Not cancelled: that is the campaign's word. Whoever starts the job again finds it where it stopped.
            reporter.Update(status => status with { State = RunState.Queued, Headline = $"stopped on request at step {status.Step}; its checkpoint is kept" });
            return await TryFlushAsync(reporter) ? ExitCodes.Stopped : ExitCodes.Failed;
        }

        var error = Describe(cause);
        Say(reporter, $"Failed: {error.Message} {error.Remedy}\n{error.Detail}");
        reporter.Update(status => status with { State = RunState.Failed, Error = error });
        await TryFlushAsync(reporter);
        return ExitCodes.Failed;
    }

    private static RunError Describe(Exception cause) => cause is RlhfException known
        ? new(known.Code, known.Message, known.Remedy, known.InnerException?.ToString())
        : new("trainer-failed", $"The trainer failed: {cause.Message}", "Start the run again; it goes on from its checkpoint. If it fails again, report the detail below.", cause.ToString());

    /// <summary>Storage may be what failed: then the log has the reason.</summary>
    private async Task<bool> TryFlushAsync(JobReporter reporter)
    {
        try
        {
            await reporter.FlushAsync(CancellationToken.None);
            return true;
        }
        catch (Exception e) when (e is RlhfException or IOException or LeaseLostException)
        {
            log($"The status could not be written: {e.Message}");
            return false;
        }
    }
}
