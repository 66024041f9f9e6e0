using Microsoft.Extensions.Time.Testing;
using Rlhf.Storage;

namespace Rlhf.Core.Tests.Storage;

public sealed class StorageHealthTests
{
    private readonly FakeTimeProvider time = new(new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Watch_DiskFull_StaysTroubleThoughItCanBeReadUntilAWriteWorks()
    {
        var health = new StorageHealth(time);
        var since = time.GetUtcNow();
        await Assert.ThrowsAsync<RlhfException>(() => health.WatchAsync<int>("write", () => throw StorageErrors.Full("tables.db", new IOException())));
        time.Advance(TimeSpan.FromMinutes(5));
        await Assert.ThrowsAsync<RlhfException>(() => health.WatchAsync<int>("write", () => throw StorageErrors.Full("blobs/a", new IOException())));
        await health.WatchAsync("read", () => Task.FromResult(1));

        Assert.Equal((since, "No space left to write 'blobs/a'."), (health.Trouble!.Since, health.Trouble.Message));
        await health.WatchAsync("write", () => Task.FromResult(1));
        Assert.Null(health.Trouble);
    }

    [Fact]
    public async Task Watch_Refusal_IsNoTrouble()
    {
        var health = new StorageHealth(time);
        await Assert.ThrowsAsync<RlhfException>(() => health.WatchAsync<int>("write", () => throw new RlhfException("row-too-large", "Too large.", "Make it smaller.")));
        Assert.Null(health.Trouble);
    }
}
