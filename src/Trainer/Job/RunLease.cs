using System.Diagnostics;
using Rlhf.Storage;

namespace Rlhf.Trainer.Job;

/// <summary>Content of <c>runs/&lt;id&gt;/lock</c>.</summary>
/// <param name="Owner">Of this start of the job alone.</param>
/// <param name="Machine">With the process id it tells, on the same machine, whether the holder lives.</param>
public sealed record LeaseHolder(string Owner, string Machine, int ProcessId, DateTimeOffset ProcessStartedAt, DateTimeOffset Heartbeat);

/// <summary>The right to write to a run: a job that is started twice trains once.</summary>
/// <remarks>Taken over where the holder's process is known to be dead (same machine) or its heartbeat has stopped. Every change is guarded by the blob's ETag. Thread-safe.</remarks>
public sealed class RunLease : IAsyncDisposable
{
    /// <summary>A holder that has not been heard of for so long is taken for dead.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A heartbeat older than that may be taken over any moment (the process was stopped, the machine was paused): it is renewed before anything is written.</summary>
    private static readonly TimeSpan SafeFor = Patience / 2;

    private readonly IBlobStore blobs;
    private readonly string path;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim gate = new(1);
    private LeaseHolder holder;
    private string etag;

    private RunLease(IBlobStore blobs, string path, TimeProvider time, LeaseHolder holder, string etag) =>
        (this.blobs, this.path, this.time, this.holder, this.etag) = (blobs, path, time, holder, etag);

    /// <returns>Null where another live job holds the run.</returns>
    public static async Task<RunLease?> TryAcquireAsync(IBlobStore blobs, string path, TimeProvider time, CancellationToken cancellation = default)
    {
        using var self = Process.GetCurrentProcess();
        var holder = new LeaseHolder(Guid.NewGuid().ToString("N"), Environment.MachineName, self.Id, self.StartTime.ToUniversalTime(), time.GetUtcNow());
        var condition = WriteCondition.CreateOnly;
        if (await blobs.FindAsync(path, cancellation) is { } existing)
        {
            var known = await ReadAsync(blobs, path, cancellation);
            if (known is not null && IsAlive(known, time.GetUtcNow())) return null;
            condition = WriteCondition.Matches(existing.ETag);
        }

        var etag = await blobs.WriteJsonAsync(path, holder, condition, cancellation) ?? await FindOwnAsync(blobs, path, holder.Owner, cancellation);
        return etag is null ? null : new(blobs, path, time, holder, etag);
    }

    /// <summary>The lease is this job's now, and nobody can take it over for a while.</summary>
    /// <exception cref="LeaseLostException">Another job has taken the run over.</exception>
    public async Task CheckAsync(CancellationToken cancellation = default)
    {
        if (time.GetUtcNow() - holder.Heartbeat > SafeFor)
        {
            await RenewAsync(cancellation);
            return;
        }
        await gate.WaitAsync(cancellation);
        try
        {
            if ((await blobs.FindAsync(path, cancellation))?.ETag != etag) etag = await FindOwnAsync(blobs, path, holder.Owner, cancellation) ?? throw new LeaseLostException(path);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Says that the holder lives; call every few seconds.</summary>
    /// <exception cref="LeaseLostException">Another job has taken the run over.</exception>
    public async Task RenewAsync(CancellationToken cancellation = default)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            var renewed = holder with { Heartbeat = time.GetUtcNow() };
            etag = await blobs.WriteJsonAsync(path, renewed, WriteCondition.Matches(etag), cancellation)
                ?? await FindOwnAsync(blobs, path, holder.Owner, cancellation) ?? throw new LeaseLostException(path);
            holder = renewed;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Gives the run free, if it is still ours.</summary>
    public async ValueTask DisposeAsync()
    {
        await gate.WaitAsync();
        try
        {
            await blobs.DeleteAsync(path, etag);
        }
        catch (RlhfException e) when (e.IsTransient)
        {
            // Its heartbeat stops, which says the same a little later.
        }
        gate.Release();
        gate.Dispose();
    }

    /// <summary>The ETag of a lease that this job wrote without having got the answer; null where it is another's.</summary>
    private static async Task<string?> FindOwnAsync(IBlobStore blobs, string path, string owner, CancellationToken cancellation)
    {
        // In this order: a lease that changes in between has another ETag, and the next check says so.
        var found = await blobs.FindAsync(path, cancellation);
        return found is not null && (await ReadAsync(blobs, path, cancellation))?.Owner == owner ? found.ETag : null;
    }

    private static async Task<LeaseHolder?> ReadAsync(IBlobStore blobs, string path, CancellationToken cancellation)
    {
        try
        {
            return await blobs.ReadJsonAsync<LeaseHolder>(path, cancellation);
        }
        catch (System.Text.Json.JsonException)
        {
            // Nobody who holds it writes that: as good as no holder.
            return null;
        }
    }

    private static bool IsAlive(LeaseHolder holder, DateTimeOffset now) =>
        now - holder.Heartbeat < Patience && (holder.Machine != Environment.MachineName || IsRunning(holder));

    private static bool IsRunning(LeaseHolder holder)
    {
        try
        {
            using var process = Process.GetProcessById(holder.ProcessId);
            // The id may have gone to another process since; start times are read back with some rounding.
            return (process.StartTime.ToUniversalTime() - holder.ProcessStartedAt.UtcDateTime).Duration() < TimeSpan.FromSeconds(2) && !IsZombie(holder.ProcessId);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Dead, and still listed because whoever started it has not asked how it ended.</summary>
    private static bool IsZombie(int process)
    {
        try
        {
            var stat = OperatingSystem.IsLinux() ? File.ReadAllText($"/proc/{process}/stat") : "";
            // The name before the state stands in brackets and may hold any character.
            return stat[(stat.LastIndexOf(')') + 1)..].TrimStart() is ['Z' or 'X', ..];
        }
        catch (IOException)
        {
            return true;
        }
    }
}

/// <summary>Another job has taken the run over; this one has to stop without writing anything more.</summary>
public sealed class LeaseLostException(string path) : Exception($"'{path}' belongs to another trainer now.");
