using Rlhf.Contracts;
using Rlhf.Contracts.Orchestrations;
using Rlhf.Orchestrations;

namespace Rlhf.Local.Tests.Durable;

public sealed class EmbeddedOrchestrationTests : OrchestrationContract, IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly EngineHost host;

    public EmbeddedOrchestrationTests() => host = new(folder.File("durable.db"), ContractSteps.Registry());

    protected override IOrchestrationClient Client => host.Client;

    protected override TimeSpan SomeTime => TimeSpan.FromHours(1);

    public async ValueTask InitializeAsync() => await host.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        Dispose();
    }

    protected override Task PassTimeAsync(TimeSpan time)
    {
        host.Clock.Advance(time);
        return Task.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        host.Dispose();
        folder.Dispose();
        base.Dispose(disposing);
    }
}
