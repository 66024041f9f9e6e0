namespace Rlhf.Trainer.Job;

/// <summary>What the process says when it ends. Anything else is a crash.</summary>
public static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The training failed; status.json has the reason and the way out.</summary>
    public const int Failed = 1;

    /// <summary>It could not begin: no job, no storage, or a wrong command line. Standard error says why.</summary>
    public const int NotStarted = 2;

    /// <summary>Another trainer holds the run; nothing was done or written. The process itself ends with <see cref="Done"/> then.</summary>
    public const int HeldByAnother = 3;

    /// <summary>Asked to stop (SIGTERM, Ctrl-C): a checkpoint is there, and the job goes on from it when started again.</summary>
    public const int Stopped = 4;
}
