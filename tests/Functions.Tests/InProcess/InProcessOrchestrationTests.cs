using Rlhf.Contracts.Orchestrations;
using Rlhf.Orchestrations;

namespace Rlhf.Functions.Tests.InProcess;

/// <summary>The orchestration contract on Durable's own SDK and engine: the adapters of src/Functions and the functions of tests/Functions.ContractHost, without a Functions host.</summary>
/// <remarks>What storage, queues and the host itself do to it is the same suite's to say under a host (Host/HostOrchestrationTests).</remarks>
public sealed class InProcessOrchestrationTests : OrchestrationContract, IAsyncLifetime
{
    /// <summary>Where the test host, 0.2.3-preview.1, is less than Durable under a Functions host.</summary>
    private static readonly Dictionary<string, string> lacking = new()
    {
        [nameof(RaiseEvent_NoSuchInstance_IsATypedError)] = "The test host takes an event for an instance that does not exist; a Functions host answers that there is none.",
        [nameof(ContinueAsNew_KeepsUnreadEvents)] = "The test host drops what an instance sends itself while it continues as new, which is how Durable keeps unread events; mended in its source after this version.",
    };

    private InProcessHost? host;

    protected override IOrchestrationClient Client => host!.Client;

    /// <summary>The clock is the real one, and a machine may be busy.</summary>
    protected override TimeSpan SomeTime => TimeSpan.FromSeconds(2);

    protected override bool SeesForeignAwaitBesideOpenTasks => false;

    protected override Task PassTimeAsync(TimeSpan time) => Task.Delay(time);

    public async ValueTask InitializeAsync()
    {
        if (lacking.TryGetValue(TestContext.Current.TestMethod!.MethodName, out var reason)) Assert.Skip(reason);
        host = await InProcessHost.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (host is not null) await host.DisposeAsync();
        Dispose();
    }
}
