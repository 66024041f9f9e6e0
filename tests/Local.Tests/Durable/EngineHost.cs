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

    public EngineHost(string database, StepRegistry steps, Action<IServiceCollection>? configure = null)
        : this(new DurableSettings { DatabasePath = database }, steps, configure)
    {
    }

    public EngineHost(DurableSettings settings, StepRegistry steps, Action<IServiceCollection>? configure = null)
    {
        var collection = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(Clock).AddSingleton(steps).AddEmbeddedDurable(settings);
        configure?.Invoke(collection);
        services = collection.BuildServiceProvider();
        Client = services.GetRequiredService<IOrchestrationClient>();
    }

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow);

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
