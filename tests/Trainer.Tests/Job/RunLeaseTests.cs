using Microsoft.Extensions.Time.Testing;
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
    public async Task Renew_KeepsOthersOut()
    {
        await using var lease = (await RunLease.TryAcquireAsync(blobs, Path, time))!;
        time.Advance(RunLease.Patience - TimeSpan.FromSeconds(1));
        await lease.RenewAsync();
        time.Advance(RunLease.Patience - TimeSpan.FromSeconds(1));

        Assert.Null(await RunLease.TryAcquireAsync(blobs, Path, time));
    }
}
