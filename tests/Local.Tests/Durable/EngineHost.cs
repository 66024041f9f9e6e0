using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Rlhf.Local.Durable;
using Rlhf.Orchestrations;

namespace Rlhf.Local.Tests.Durable;

/// <summary>The engine in this process, as the host registers it, on a clock that the test moves.</summary>
public sealed class EngineHost : IDisposable
{
    private readonly ServiceProvider services;

    public EngineHost(string database, StepRegistry steps, Action<IServiceCollection>? configure = null, FakeTimeProvider? clock = null)
    {
        Clock = clock ?? new FakeTimeProvider(DateTimeOffset.UtcNow);
        var collection = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(Clock).AddSingleton(steps).AddEmbeddedDurable(database);
        configure?.Invoke(collection);
        services = collection.BuildServiceProvider();
        Client = services.GetRequiredService<IOrchestrationClient>();
    }

    public FakeTimeProvider Clock { get; }

    public IOrchestrationClient Client { get; }

    public async Task<EngineHost> StartAsync()
    {
        foreach (var hosted in services.GetServices<IHostedService>()) await hosted.StartAsync(CancellationToken.None);
        return this;
    }

    public async Task StopAsync()
    {
        foreach (var hosted in services.GetServices<IHostedService>()) await hosted.StopAsync(CancellationToken.None);
    }

    public void Dispose() => services.Dispose();
}
