using Rlhf.Storage;

namespace Rlhf.Core.Tests.Storage;

public sealed class SharedReadsTests
{
    private readonly List<TaskCompletionSource<int>> begun = [];
    private readonly SharedReads<string, int> reads;

    public SharedReadsTests() => reads = new(_ =>
    {
        begun.Add(new());
        return begun[^1].Task;
    });

    [Fact]
    public async Task Read_ThoseWhoComeWhileOneRuns_ShareTheNextAndNotThatOne()
    {
        var first = reads.ReadAsync("a");
        var second = reads.ReadAsync("a");
        var third = reads.ReadAsync("a");
        Assert.Single(begun);

        begun[0].SetResult(1);
        Assert.Equal(1, await first);
        Assert.Equal(2, begun.Count);
        begun[1].SetResult(2);

        Assert.Equal((2, 2), (await second, await third));
        Assert.Equal(2, begun.Count);
    }

    [Fact]
    public void Read_OfAnotherKey_WaitsForNobody()
    {
        _ = reads.ReadAsync("a");
        _ = reads.ReadAsync("b");
        Assert.Equal(2, begun.Count);
    }

    [Fact]
    public async Task Read_ThatFails_FailsForThoseWhoSharedItAndForNobodyElse()
    {
        var first = reads.ReadAsync("a");
        var second = reads.ReadAsync("a");
        begun[0].SetException(new IOException("away"));
        await Assert.ThrowsAsync<IOException>(() => first);

        begun[1].SetResult(2);
        Assert.Equal(2, await second);
    }
}
