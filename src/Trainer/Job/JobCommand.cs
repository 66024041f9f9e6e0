using System.Runtime.InteropServices;
using Rlhf.Storage;

namespace Rlhf.Trainer.Job;

/// <summary><c>rlhf-trainer job</c>: the job named by the environment.</summary>
public static class JobCommand
{
    public const string JobVariable = "RLHF_JOB";
    public const string StorageVariable = "RLHF_STORAGE";

    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync()
    {
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stop));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, stop));
        try
        {
            var blobs = BlobStores.Open(Variable(StorageVariable, "a folder, a connection string or a blob account's address"));
            var job = await JobFile.ReadAsync(blobs, Variable(JobVariable, "the blob path of job.json, e.g. runs/demo-run1/job.json"), stop.Token);
            var code = await new JobRunner(blobs, job, TimeProvider.System, JobLog.Write, stop.Token).RunAsync();
            // To whoever started it that is no failure, and no reason to start it once more: the other one's status tells how the run goes.
            return code == ExitCodes.HeldByAnother ? ExitCodes.Done : code;
        }
        catch (RlhfException e)
        {
            JobLog.Write($"{e.Message} {e.Remedy}");
            return ExitCodes.NotStarted;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCodes.Stopped;
        }
    }

    private static string Variable(string name, string meaning) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
        ? value
        : throw new RlhfException("environment-incomplete", $"{name} is not set.", $"Set it to {meaning}.");

    private static void Stop(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true;
        stop.Cancel();
    }
}
