using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Rlhf.Contracts;
using Rlhf.Contracts.Storage;
using Rlhf.Storage;
using Rlhf.Trainer.Job;

namespace Rlhf.Trainer.Tests.Job;

public sealed class RunLeaseTests : IDisposable
{
    private const string Path = "runs/a-run1/lock";
    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);
    private readonly IBlobStore blobs;

    public RunLeaseTests() => blobs = BlobStores.Open(folder["blobs"]);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task TryAcquire_HeldByALiveProcess_GivesNothing()
    {
        await using var first = await RunLease.TryAcquireAsync(blobs, Path, time);

        Assert.NotNull(first);
        Assert.Null(await RunLease.TryAcquireAsync(blobs, Path, time));
    }

    [Fact]
    public async Task TryAcquire_AfterItWasGivenFree_Succeeds()
    {
        await (await RunLease.TryAcquireAsync(blobs, Path, time))!.DisposeAsync();

        await using var second = await RunLease.TryAcquireAsync(blobs, Path, time);
        Assert.NotNull(second);
    }

    [Fact]
    public async Task TryAcquire_HolderOfThisMachineIsDead_TakesOverAtOnce()
    {
        await blobs.WriteJsonAsync(Path, new LeaseHolder("gone", Environment.MachineName, int.MaxValue, time.GetUtcNow(), time.GetUtcNow()));

        await using var lease = await RunLease.TryAcquireAsync(blobs, Path, time);
        Assert.NotNull(lease);
    }

    [Fact]
    public async Task TryAcquire_HolderElsewhere_TakesOverOnceItsHeartbeatHasStopped()
    {
        await blobs.WriteJsonAsync(Path, new LeaseHolder("far", "another-machine", 1, time.GetUtcNow(), time.GetUtcNow()));
        Assert.Null(await RunLease.TryAcquireAsync(blobs, Path, time));

        time.Advance(RunLease.Patience);

        await using var lease = await RunLease.TryAcquireAsync(blobs, Path, time);
        Assert.NotNull(lease);
    }

    [Fact]
    public async Task CheckAndRenew_AfterATakeOver_SayThatItIsLost()
    {
        await using var lease = (await RunLease.TryAcquireAsync(blobs, Path, time))!;
        time.Advance(RunLease.Patience);
        await using var taker = await RunLease.TryAcquireAsync(blobs, Path, time);
        Assert.NotNull(taker);

        await Assert.ThrowsAsync<LeaseLostException>(() => lease.CheckAsync());
        await Assert.ThrowsAsync<LeaseLostException>(() => lease.RenewAsync());
        await Assert.ThrowsAsync<LeaseLostException>(() => new LeasedBlobStore(blobs, lease).WriteTextAsync("runs/a-run1/status.json", "late"));
        await taker.CheckAsync();
    }

    [Fact]
    public async Task TryAcquire_HolderIsDeadAndNobodyAskedHowItEnded_TakesOverAtOnce()
    {
        if (!OperatingSystem.IsLinux()) return;
        // The shell becomes a program that never asks after its child.
        using var parent = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "sh -c 'echo $$' & exec sleep 60"]) { RedirectStandardOutput = true })!;
        try
        {
            var zombie = int.Parse((await parent.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!, System.Globalization.CultureInfo.InvariantCulture);
            await Eventually.TrueAsync(() => File.ReadAllText($"/proc/{zombie}/stat").Contains(") Z ", StringComparison.Ordinal));
            using var listed = Process.GetProcessById(zombie);
            await blobs.WriteJsonAsync(Path, new LeaseHolder("dead", Environment.MachineName, zombie, listed.StartTime.ToUniversalTime(), time.GetUtcNow()));

            await using var lease = await RunLease.TryAcquireAsync(blobs, Path, time);
            Assert.NotNull(lease);
        }
        finally
        {
            parent.Kill();
        }
    }

    [Fact]
    public async Task Check_AfterAPauseOfTheProcess_RenewsBeforeAnythingIsWritten()
    {
        await using var lease = (await RunLease.TryAcquireAsync(blobs, Path, time))!;
        time.Advance(RunLease.Patience);

        await lease.CheckAsync();

        Assert.Null(await RunLease.TryAcquireAsync(blobs, Path, time));
    }

    [Fact]
    public async Task Write_TakenOverWhileItsContentIsRead_LeavesTheBlobAsItWas()
    {
        await using var lease = (await RunLease.TryAcquireAsync(blobs, Path, time))!;
        await blobs.WriteTextAsync("runs/a-run1/status.json", "before");
        RunLease? taker = null;
        using var content = new TellingStream("late"u8.ToArray(), async () =>
        {
            time.Advance(RunLease.Patience);
            taker ??= await RunLease.TryAcquireAsync(blobs, Path, time);
        });

        await Assert.ThrowsAsync<LeaseLostException>(() => new LeasedBlobStore(blobs, lease).WriteAsync("runs/a-run1/status.json", content));

        Assert.NotNull(taker);
        Assert.Equal("before", await blobs.ReadTextAsync("runs/a-run1/status.json"));
        await taker.DisposeAsync();
    }

    [Fact]
    public async Task AcquireAndRenew_AnswerLost_StillKnowTheirOwn()
    {
        // Every second call fails: the first time without having done anything, then after it has.
        var faults = new Faults(every: 1) { On = false };
        var failing = new FailingBlobStore(blobs, faults);
        await using var lease = (await RunLease.TryAcquireAsync(failing, Path, time))!;
        faults.On = true;
        await Assert.ThrowsAsync<RlhfException>(() => lease.RenewAsync());
        time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<RlhfException>(() => lease.RenewAsync());
        faults.On = false;

        await lease.CheckAsync();
        await lease.RenewAsync();
        Assert.Null(await RunLease.TryAcquireAsync(blobs, Path, time));
    }

    /// <summary>Something happens while it is read.</summary>
    private sealed class TellingStream(byte[] content, Func<Task> happens) : MemoryStream(content)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await happens();
            return await base.ReadAsync(buffer, cancellationToken);
        }

        public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            await happens();
            await base.CopyToAsync(destination, bufferSize, cancellationToken);
        }
    }

    [Fact]
    public async Task Renew_KeepsOthersOut()
    {
        await using var lease = (await RunLease.TryAcquireAsync(blobs, Path, time))!;
        time.Advance(RunLease.Patience - TimeSpan.FromSeconds(1));
        await lease.RenewAsync();
        time.Advance(RunLease.Patience - TimeSpan.FromSeconds(1));

        Assert.Null(await RunLease.TryAcquireAsync(blobs, Path, time));
    }
}
