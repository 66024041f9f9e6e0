namespace Rlhf.Training.Launching;

/// <summary>The trainer as a child process of this host.</summary>
public sealed record ChildProcessOptions
{
    /// <summary>Records and logs of trainers are kept here, and it is the trainers' working folder; made if missing.</summary>
    public required string Folder { get; init; }

    /// <summary>The trainer's <c>RLHF_STORAGE</c>: a folder's full path, a connection string or a blob account's address.</summary>
    public required string Storage { get; init; }

    /// <summary>Path of <c>rlhf-trainer.dll</c> or of another program that honours the job's contract; null: it is built from <see cref="Source"/>.</summary>
    public string? Trainer { get; init; }

    /// <summary>The project folder of <c>src/Trainer</c>; null where the host runs away from the project's source.</summary>
    public string? Source { get; init; }

    /// <summary>How a person tries again once what hindered the trainer's build is set right.</summary>
    public string Again { get; init; } = "start the run again at the campaign's page";
}
