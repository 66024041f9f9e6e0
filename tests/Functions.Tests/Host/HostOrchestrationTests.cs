using Rlhf.Contracts.Orchestrations;
using Rlhf.Orchestrations;

namespace Rlhf.Functions.Tests.Host;

/// <summary>The orchestration contract on Durable Functions: the adapters of src/Functions in tests/Functions.ContractHost, under a host on this machine (its activities write into files of these tests).</summary>
public sealed class HostOrchestrationTests : OrchestrationContract, IAsyncLifetime
{
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromMinutes(1) };

    protected override IOrchestrationClient Client => new HttpOrchestrationClient(http);

    /// <summary>Storage queues and their polling take part of it.</summary>
    protected override TimeSpan SomeTime => TimeSpan.FromSeconds(3);

    /// <summary>A storage queue counts whole seconds until a message is seen.</summary>
    protected override TimeSpan TimersEarlyBy => TimeSpan.FromSeconds(1);

    protected override bool SeesForeignAwaitBesideOpenTasks => false;

    // The host's clock is the real one.
    protected override Task PassTimeAsync(TimeSpan time) => Task.Delay(time);

    public ValueTask InitializeAsync()
    {
        if (!RunningHost.IsGiven(RunningHost.ContractVariable))
            Assert.Skip("No Functions host with the contract's steps: start tests/Functions.ContractHost, then ./test --contract-host URL");
        http.BaseAddress = RunningHost.Contract;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        http.Dispose();
        base.Dispose(disposing);
    }
}
