using Microsoft.Extensions.Logging;
using Rlhf.Storage;

namespace Rlhf.Training.Launching;

/// <summary>Looks after a job: starts it, reads what it says of itself beside what its launcher says, and starts it again where it was preempted, vanished or is stuck. It goes on from its checkpoint.</summary>
/// <remarks>Never two at once: a job that finds its run's lease held ends quietly. A launcher that is away decides nothing: the job's own status does, and the rest waits.</remarks>
public sealed partial class JobFollower(IBlobStore blobs, PipelineOptions options, TimeProvider time, ILogger<JobFollower> logger)
{
    private const int LogLines = 20;

    private const string Stuck = "job-stuck";

    /// <summary>Characters of a row's detail: a property holds 32,000 at most.</summary>
    private const int MostDetail = 8_000;

    public async Task<JobFinding> LookAsync(IJobLauncher launcher, RunId run, JobTrack track, CancellationToken cancellation = default)
    {
        // In this order: a status that is read after the job was seen to have ended is its last.
        var (job, trouble) = await AskAsync(launcher, run, track, cancellation);
        var status = await blobs.ReadJsonAsync<RunStatus>(RunPaths.Status(run), cancellation);
        var look = new Look(launcher, run, track with { Trouble = trouble }, status, job);
        if (status?.State == RunState.Succeeded) return new(JobVerdict.Succeeded, look.Track, status);
        if (status?.State == RunState.Failed) return await FailAsync(look, status.Error ?? Unexplained(run), cancellation);
        return job?.Phase switch
        {
            null => look.GoesOn,
            JobPhase.Running => look.WasStuck || IsSilent(look, options.RunStall) ? await StopAndRestartAsync(look, cancellation) : look.GoesOn,
            JobPhase.Overdue => await StopAndRestartAsync(look, cancellation),
            JobPhase.Failed => await RestartAsync(look, cancellation),
            // A job that found another one at work ends quietly with success; then the other one's status tells.
            _ => track.Execution is null || IsSilent(look, options.RunSilence) ? await RestartAsync(look, cancellation) : look.GoesOn,
        };
    }

    /// <summary>Stops a run's job that nobody wants any more, whether or not its name was ever told. One that may not be stopped ends by its own deadline.</summary>
    /// <exception cref="RlhfException">Transient: the launcher is away.</exception>
    public async Task StopAsync(IJobLauncher launcher, RunId run, CancellationToken cancellation = default)
    {
        try
        {
            await launcher.StopAsync(run, cancellation);
        }
        catch (RlhfException e) when (!e.IsTransient)
        {
            LogNotStopped(run, e.Message, e.Remedy);
        }
    }

    /// <returns>No state where the launcher is away or wants to be left alone, and then why.</returns>
    private async Task<(JobState? Job, JobTrouble? Trouble)> AskAsync(IJobLauncher launcher, RunId run, JobTrack track, CancellationToken cancellation)
    {
        if (track.Trouble?.NotBefore > time.GetUtcNow()) return (null, track.Trouble);
        if (track.Execution is not { } execution) return (new(JobPhase.Unknown), null);
        try
        {
            return (await launcher.GetStateAsync(run, execution, cancellation), null);
        }
        catch (RlhfException e)
        {
            // Also one that is no longer allowed to look: the job goes on all the same.
            LogAway(run, e.Message);
            return (null, JobTrouble.Of(e, track.Trouble, time.GetUtcNow()));
        }
    }

    /// <summary>Another one is started once the stuck one has ended: one that is started beside it finds the lease held, ends, and has cost a restart.</summary>
    private async Task<JobFinding> StopAndRestartAsync(Look look, CancellationToken cancellation)
    {
        if (look.Track.StoppedAt is { } stopped)
            return time.GetUtcNow() - stopped < options.StopPatience ? Waits(look, Ending(look.Run)) : await RestartAsync(look, cancellation);
        LogStuck(look.Run, look.Track.Execution!);
        try
        {
            await StopAsync(look.Launcher, look.Run, cancellation);
            look = look with { Track = look.Track with { StoppedAt = time.GetUtcNow() } };
            look = look with { Job = await look.Launcher.GetStateAsync(look.Run, look.Track.Execution!, cancellation) };
        }
        catch (RlhfException e)
        {
            return Waits(look, e);
        }
        return look.Job!.Phase is JobPhase.Running or JobPhase.Overdue ? Waits(look, Ending(look.Run)) : await RestartAsync(look, cancellation);
    }

    private async Task<JobFinding> RestartAsync(Look look, CancellationToken cancellation)
    {
        var (track, progress) = (look.Track, look.Status?.Progress ?? 0);
        // Progress since the last restart makes it a new trouble: a preempted job may vanish many times as long as it gets on.
        var restarts = progress > track.RestartedAt ? 0 : track.Restarts;
        var isFirst = track.Execution is null;
        if (!isFirst && (restarts >= options.RunRestarts || track.RestartsInAll >= options.RunRestartsInAll)) return await FailAsync(look, Exhausted(look, progress), cancellation);
        try
        {
            var execution = await look.Launcher.StartAsync(look.Run, cancellation);
            if (execution == track.Execution) return StillThere(look);
            if (!isFirst) LogRestart(look.Run, track.RestartsInAll + 1, look.Job?.ExitCode);
            var started = track with { Execution = execution, StartedAt = time.GetUtcNow(), Trouble = null, StoppedAt = null };
            return new(JobVerdict.GoesOn, isFirst ? started : started with { Restarts = restarts + 1, RestartedAt = progress, RestartsInAll = track.RestartsInAll + 1 }, look.Status);
        }
        catch (RlhfException e) when (e.IsTransient)
        {
            return Waits(look, e);
        }
        catch (RlhfException e)
        {
            return await FailAsync(look, new(e.Code, e.Message, e.Remedy), cancellation);
        }
    }

    /// <summary>A launcher starts none beside one that runs. Where that one was told to stop in vain, it is told again.</summary>
    private JobFinding StillThere(Look look) => look.WasStuck ? Waits(look with { Track = look.Track with { StoppedAt = null } }, Ending(look.Run)) : look.GoesOn;

    private static RlhfException Ending(RunId run) => new(Stuck, $"The job of '{run}' is stuck and was told to stop.", "It is started again by itself once it has ended.");

    private JobFinding Waits(Look look, RlhfException e)
    {
        LogAway(look.Run, e.Message);
        return new(JobVerdict.GoesOn, look.Track with { Trouble = JobTrouble.Of(e, look.Track.Trouble, time.GetUtcNow()) }, look.Status);
    }

    private bool IsSilent(Look look, TimeSpan longest)
    {
        var heard = new[] { look.Status?.UpdatedAt, look.Track.StartedAt }.Max();
        return heard is null || time.GetUtcNow() - heard > longest;
    }

    private static RunError Exhausted(Look look, double progress)
    {
        var often = $"{look.Track.RestartsInAll + 1} times, the last time at {100 * progress:0}%";
        return look.WasStuck
            ? new(Stuck, $"The job of '{look.Run}' got stuck and was stopped {often}: it was said to run and did not say anything of itself, or ran past its deadline.",
                "Look at its log and at the machine it is given (GPU, image), then train again: the rankings are kept.")
            : new("job-vanished", $"The job of '{look.Run}' ended {often}, without saying why{(look.Job?.ExitCode is { } code ? $" (exit code {code})" : "")}.",
                "Look at the end of its log, then train again: the rankings are kept.");
    }

    /// <summary>The log's end goes with the reason: from the launcher, or as the job itself kept it in storage.</summary>
    private async Task<JobFinding> FailAsync(Look look, RunError error, CancellationToken cancellation)
    {
        var log = look.Job?.LogTail is { Length: > 0 } tail ? tail : await LogTail.OfAsync(blobs, RunPaths.Log(look.Run), LogLines, cancellation);
        var detail = string.Join("\n\n", new[] { error.Detail, log }.Where(part => !string.IsNullOrWhiteSpace(part)));
        var kept = detail.Length > MostDetail ? "…" + detail[^MostDetail..] : detail;
        return new(JobVerdict.Failed, look.Track, look.Status, error with { Detail = kept.Length == 0 ? null : kept });
    }

    private static RunError Unexplained(RunId run) => new("job-failed", $"The job of '{run}' failed without a reason.", "Look at its log, then train again.");

    private sealed record Look(IJobLauncher Launcher, RunId Run, JobTrack Track, RunStatus? Status, JobState? Job)
    {
        public bool WasStuck => Track.StoppedAt is not null;

        public JobFinding GoesOn => new(JobVerdict.GoesOn, Track, Status);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The job of {Run} ended without a word (exit code {ExitCode}); restart {Restart} from its checkpoint")]
    private partial void LogRestart(RunId run, int restart, int? exitCode);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The job of {Run} is stuck; its execution {Execution} is stopped")]
    private partial void LogStuck(RunId run, string execution);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The job of {Run} can't be looked after now, which is tried again: {Reason}")]
    private partial void LogAway(RunId run, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The job of {Run} could not be stopped: {Reason} {Remedy}")]
    private partial void LogNotStopped(RunId run, string reason, string remedy);
}
