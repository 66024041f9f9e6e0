namespace Rlhf.Trainer.Job;

/// <summary>Renews the lease and has reports written as often as they are due, beside the training. Where the lease is lost or storage stays away, the training is stopped.</summary>
internal sealed class JobHeartbeat : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>A renewal is a durable write: far more often than the lease's patience, and not with every flush.</summary>
    private static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource ending = new();
    private readonly CancellationTokenSource failing = new();
    private readonly Task beating;

    public JobHeartbeat(RunLease lease, JobReporter reporter, TimeProvider time) => beating = Task.Run(() => BeatAsync(lease, reporter, time));

    /// <summary>Cancelled where the job has to stop.</summary>
    public CancellationToken Failed => failing.Token;

    /// <summary>Why, then.</summary>
    public Exception? Failure { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await beating;
        ending.Dispose();
        failing.Dispose();
    }

    /// <returns>False where storage is away just now: the lease holds for longer than a few attempts.</returns>
    private async Task<bool> TryRenewAsync(RunLease lease)
    {
        try
        {
            await lease.RenewAsync(ending.Token);
            return true;
        }
        catch (RlhfException e) when (e.IsTransient)
        {
            return false;
        }
    }

    private async Task BeatAsync(RunLease lease, JobReporter reporter, TimeProvider time)
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, time);
            var renewed = time.GetTimestamp();
            while (await timer.WaitForNextTickAsync(ending.Token))
            {
                if (time.GetElapsedTime(renewed) >= RenewalInterval && await TryRenewAsync(lease)) renewed = time.GetTimestamp();
                // Waits for storage that is away, checking the lease at each attempt, and gives up where it stays away.
                await reporter.BeatAsync(ending.Token);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            Failure = e;
            await failing.CancelAsync();
        }
    }
}
