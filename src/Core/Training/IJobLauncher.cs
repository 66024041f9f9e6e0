namespace Rlhf.Training;

/// <summary>Starts the training job of a run: a child process on one machine, a GPU container job in Azure.</summary>
public interface IJobLauncher
{
    /// <summary>Starts the run's job unless it is running. A job started twice trains once: it holds the run's lease.</summary>
    /// <returns>The launcher's own name for the execution.</returns>
    Task<string> StartAsync(RunId run, CancellationToken cancellation = default);

    Task<JobState> GetStateAsync(RunId run, string execution, CancellationToken cancellation = default);

    /// <summary>Stops whatever of the run's goes on, also what was started and never named to anybody; nothing happens where nothing does.</summary>
    Task StopAsync(RunId run, CancellationToken cancellation = default);
}

public enum JobPhase
{
    Running,
    Succeeded,
    Failed,

    /// <summary>The launcher does not know it, or no longer; its status file tells.</summary>
    Unknown,

    /// <summary>Said to run past its own deadline: stuck, and to be stopped.</summary>
    Overdue,
}

/// <param name="ExitCode">Where the launcher knows it.</param>
/// <param name="LogTail">The end of the job's log, for a person.</param>
public sealed record JobState(JobPhase Phase, int? ExitCode = null, string? LogTail = null);
