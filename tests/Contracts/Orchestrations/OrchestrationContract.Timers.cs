namespace Rlhf.Contracts.Orchestrations;

public abstract partial class OrchestrationContract
{
    [Fact]
    public async Task CreateTimer_FiresWhenItsTimeHasCome()
    {
        var id = await StartAsync<Sleep>(SomeTime);
        await StatusAsync(id, "asleep");
        await PassTimeAsync(SomeTime);
        Assert.InRange(Output<TimeSpan>(await EndAsync(id)), SomeTime - TimersEarlyBy, SomeTime + TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task CreateTimer_OfNoTime_FiresAtOnce() => Assert.True(await OutputAsync<Sleep, TimeSpan>(TimeSpan.Zero) < TimeSpan.FromMinutes(1));

    [Fact]
    public async Task CreateTimer_Cancelled_DoesNotHoldTheEnd() => Assert.True(await OutputAsync<CancelTimer, bool>("x"));

    [Fact]
    public async Task Race_EventFirst_CancelsTheTimer()
    {
        var id = await StartAsync<Race>(TimeSpan.FromDays(2));
        await StatusAsync(id, "racing");
        await Client.RaiseEventAsync(id, "Go", "event");
        Assert.Equal("event", Output<string>(await EndAsync(id)));
    }

    [Fact]
    public async Task Race_TimerFirst_AbandonsTheWait()
    {
        var id = await StartAsync<Race>(SomeTime);
        await StatusAsync(id, "racing");
        await PassTimeAsync(SomeTime);
        Assert.Equal("timer", Output<string>(await EndAsync(id)));
    }

    [Fact]
    public async Task TimeAndIds_AreTheSameInEveryReplay()
    {
        var id = await StartAsync<TimeAndIds>(Trace);
        await Eventually.TrueAsync(() => Trace.Lines.Count == 1);
        await PassTimeAsync(SomeTime);
        await Client.RaiseEventAsync(id, "Go", "x");
        var output = Output<TimeAndIds.Output>(await EndAsync(id));

        Assert.Equal(3, new HashSet<Guid> { output.First, output.Second, output.Third }.Count);
        Assert.True(output.After >= output.Before + SomeTime);
        Assert.Single(Trace.Lines.Distinct());
        Assert.StartsWith($"{output.First} {output.Before:O}", Trace.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task NewGuid_DiffersBetweenInstancesAndRuns()
    {
        var id = NewId();
        var ids = new HashSet<Guid>();
        for (var i = 0; i < 3; i++)
        {
            await StartAsync<TimeAndIds>(Trace, i < 2 ? id : null);
            var instance = i < 2 ? id : await StartAsync<TimeAndIds>(Trace);
            await Client.RaiseEventAsync(instance, "Go", "x");
            ids.Add(Output<TimeAndIds.Output>(await EndAsync(instance)).First);
        }

        Assert.Equal(3, ids.Count);
    }
}
