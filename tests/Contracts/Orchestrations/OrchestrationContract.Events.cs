using Rlhf.Orchestrations;

namespace Rlhf.Contracts.Orchestrations;

public abstract partial class OrchestrationContract
{
    [Fact]
    public async Task RaiseEvent_SomebodyWaits_IsDelivered()
    {
        var id = await StartAsync<WaitOnce>("Go");
        await StatusAsync(id, "waiting");
        await Client.RaiseEventAsync(id, "Go", "grüße");
        Assert.Equal("grüße", Output<string>(await EndAsync(id)));
    }

    [Fact]
    public async Task RaiseEvent_NoPayload_IsDelivered()
    {
        var id = await StartAsync<WaitOnce>("Go");
        await Client.RaiseEventAsync(id, "Go");
        Assert.Null(Output<string?>(await EndAsync(id)));
    }

    [Fact]
    public async Task RaiseEvent_NameInAnotherCase_IsTheSameName()
    {
        var id = await StartAsync<WaitOnce>("Go");
        await Client.RaiseEventAsync(id, "GO", "x");
        Assert.Equal("x", Output<string>(await EndAsync(id)));
    }

    [Fact]
    public async Task RaiseEvent_BeforeAnybodyWaits_IsKeptInOrder()
    {
        var id = await StartAsync<WaitFor>(new WaitFor.Input("Item", 3, After: "Go"));
        foreach (var item in new[] { "1", "2", "3" }) await Client.RaiseEventAsync(id, "Item", item);
        await Client.RaiseEventAsync(id, "Go", "x");
        Assert.Equal(["1", "2", "3"], Output<IReadOnlyList<string>>(await EndAsync(id)));
    }

    [Fact]
    public async Task RaiseEvent_RightAfterTheStart_IsKept()
    {
        var id = NewId();
        await StartAsync<WaitFor>(new WaitFor.Input("Item", 2), id);
        await Client.RaiseEventAsync(id, "Item", "1");
        await Client.RaiseEventAsync(id, "Item", "2");
        Assert.Equal(["1", "2"], Output<IReadOnlyList<string>>(await EndAsync(id)));
    }

    [Fact]
    public async Task RaiseEvent_ManyAtOnce_LosesNone()
    {
        var id = await StartAsync<CollectEvents>(Trace);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Client.RaiseEventAsync(id, "Item", $"{i}")));
        await Client.RaiseEventAsync(id, "Item", "stop");
        Assert.Equal(40, Output<int>(await EndAsync(id)));
        Assert.Equal(40, Trace.Lines.Distinct().Count());
    }

    [Fact]
    public async Task RaiseEvent_NoSuchInstance_IsATypedError() =>
        await Assert.ThrowsAsync<InstanceNotFoundException>(() => Client.RaiseEventAsync(NewId(), "Go", "x"));

    [Fact]
    public async Task RaiseEvent_InstanceEnded_IsIgnored()
    {
        var ended = await RunAsync<EchoTwice>("x");
        await Client.RaiseEventAsync(ended.InstanceId, "Go", "late");
        Assert.Equal(OrchestrationStatus.Completed, (await Client.GetAsync(ended.InstanceId))!.Status);
    }

    [Fact]
    public async Task RaiseEvent_PayloadTooLarge_IsRefused()
    {
        var id = await StartAsync<WaitOnce>("Go");
        var error = await Assert.ThrowsAsync<RlhfException>(() => Client.RaiseEventAsync(id, "Go", new string('x', Payloads.MaximumBytes)));
        Assert.Equal("payload-too-large", error.Code);
    }

    [Fact]
    public async Task WaitForExternalEvent_InTime_GivesTheEvent()
    {
        var id = await StartAsync<WaitWithTimeout>(TimeSpan.FromDays(1));
        await Client.RaiseEventAsync(id, "Go", "in time");
        Assert.Equal("in time", Output<string>(await EndAsync(id)));
    }

    [Fact]
    public async Task WaitForExternalEvent_TimesOut_ThrowsAndTakesNoEvent()
    {
        var id = await StartAsync<WaitWithTimeout>(SomeTime);
        await StatusAsync(id, "waiting");
        await PassTimeAsync(SomeTime);
        await StatusAsync(id, "timed out");
        await Client.RaiseEventAsync(id, "Go", "event");
        Assert.Equal("Go late: event", Output<string>(await EndAsync(id)));
    }

    [Fact]
    public async Task WaitForExternalEvent_TwoWaiters_NewestIsFirst()
    {
        var id = await StartAsync<NewestFirst>("x");
        await StatusAsync(id, "waiting");
        await Client.RaiseEventAsync(id, "Go", "1");
        await Client.RaiseEventAsync(id, "Go", "2");
        Assert.Equal("newer: 1, older: 2", Output<string>(await EndAsync(id)));
    }

    [Fact]
    public async Task WaitForExternalEvent_AbandonedByItsToken_TakesNoEvent()
    {
        var id = await StartAsync<AbandonWait>("x");
        await StatusAsync(id, "waiting");
        await Client.RaiseEventAsync(id, "Go", "1");
        Assert.Equal("cancelled, 1", Output<string>(await EndAsync(id)));
    }

    [Fact]
    public async Task SendEvent_ReachesAnotherInstance()
    {
        var waiting = await StartAsync<WaitOnce>("Go");
        Assert.Equal("told", await OutputAsync<Tell, string>(new Tell.Input(waiting, "Go", "from inside")));
        Assert.Equal("from inside", Output<string>(await EndAsync(waiting)));
    }

    [Fact]
    public async Task SendEvent_NoSuchInstance_IsLost() =>
        Assert.Equal("told", await OutputAsync<Tell, string>(new Tell.Input(NewId(), "Go", "nobody")));
}
