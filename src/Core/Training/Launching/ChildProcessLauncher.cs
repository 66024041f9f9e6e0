using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Rlhf.Training.Launching;

/// <summary>Runs the training job as a child process. It outlives a killed host (its output goes to a file, not to us) and is found again by its record.</summary>
public sealed partial class ChildProcessLauncher(
    ChildProcessOptions options, TrainerProgram program, ILogger<ChildProcessLauncher> logger) : IJobLauncher, IDisposable
{
    private const int LogLines = 20;
    private static readonly TimeSpan Collection = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<RunId, Process> children = new();
    private readonly SemaphoreSlim starting = new(1);

    public string LogFileOf(RunId run) => Path.Combine(options.Folder, $"{run}.log");

    public async Task<string> StartAsync(RunId run, CancellationToken cancellation = default)
    {
        await starting.WaitAsync(cancellation);
        try
        {
            Directory.CreateDirectory(options.Folder);
            if (JobRecord.Read(options.Folder, run) is { } known && known.Process.Find() is { } running)
            {
                running.Dispose();
                LogAdopted(run, known.Process.Id);
                return known.Execution;
            }
            var record = Start(run, await program.PathAsync(cancellation));
            record.Write(options.Folder);
            var log = LogFileOf(run);
            LogStarted(run, record.Process.Id, log);
            return record.Execution;
        }
        finally
        {
            starting.Release();
        }
    }

    public Task<JobState> GetStateAsync(RunId run, string execution, CancellationToken cancellation = default) => Task.FromResult(StateOf(run, execution));

    public async Task StopAsync(RunId run, CancellationToken cancellation = default)
    {
        if (JobRecord.Read(options.Folder, run) is not { } record || record.Process.Find() is not { } process) return;
        using (process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(cancellation);
        }
        LogStopped(run, record.Process.Id);
    }

    /// <summary>Stops the trainers that run, when the host ends in an orderly way; they go on from their checkpoints.</summary>
    public void StopAll()
    {
        if (!Directory.Exists(options.Folder)) return;
        foreach (var file in Directory.EnumerateFiles(options.Folder, "*.json"))
        {
            if (!IdRules.IsValid(Path.GetFileNameWithoutExtension(file))) continue;
            using var process = JobRecord.Read(options.Folder, RunId.From(Path.GetFileNameWithoutExtension(file)))?.Process.Find();
            process?.Kill(entireProcessTree: true);
        }
    }

    public void Dispose()
    {
        foreach (var child in children.Values) child.Dispose();
        starting.Dispose();
    }

    private JobState StateOf(RunId run, string execution)
    {
        if (JobRecord.Read(options.Folder, run) is not { } record || record.Execution != execution) return new(JobPhase.Unknown);
        if (record.Process.Find() is { } running)
        {
            running.Dispose();
            return new(JobPhase.Running);
        }
        var tail = LogTail.Of(LogFileOf(run), LogLines);
        // Only our own child's exit code can be read; one that an earlier host started has ended, and its status.json says how.
        if (!children.TryGetValue(run, out var child) || child.Id != record.Process.Id) return new(JobPhase.Unknown, null, tail);
        // It has ended, but the runtime may not have collected it yet.
        if (!child.WaitForExit(Collection)) return new(JobPhase.Running);
        return new(child.ExitCode == 0 ? JobPhase.Succeeded : JobPhase.Failed, child.ExitCode, tail);
    }

    private JobRecord Start(RunId run, string trainer)
    {
        // Whatever honours the job's contract may stand in for ours.
        var isDotnet = trainer.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        var start = DetachedProcess.Prepare(isDotnet ? ["dotnet", trainer] : [trainer], LogFileOf(run));
        start.WorkingDirectory = options.Folder;
        start.Environment["RLHF_JOB"] = $"runs/{run}/job.json";
        start.Environment["RLHF_STORAGE"] = options.Storage;
        // libgomp reads it when it loads. Its default spinning makes two processes on two cores five times slower.
        start.Environment["GOMP_SPINCOUNT"] = "1000";
        var process = Process.Start(start) ?? throw new InvalidOperationException("The trainer did not start.");
        if (children.TryGetValue(run, out var earlier)) earlier.Dispose();
        children[run] = process;
        return new(run, ProcessIdentity.Of(process));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run}: trainer started as process {ProcessId}; its log is {LogFile}")]
    private partial void LogStarted(RunId run, int processId, string logFile);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run}: trainer found running as process {ProcessId}")]
    private partial void LogAdopted(RunId run, int processId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {Run}: trainer (process {ProcessId}) stopped")]
    private partial void LogStopped(RunId run, int processId);
}
