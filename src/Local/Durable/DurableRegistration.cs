using Microsoft.Extensions.DependencyInjection.Extensions;
using Rlhf.Orchestrations;
using Rlhf.Storage;

namespace Rlhf.Local.Durable;

public static class DurableRegistration
{
    /// <summary>Runs Core's orchestrations in this process. The steps come from the <see cref="StepRegistry"/> that is registered, the clock from <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddEmbeddedDurable(this IServiceCollection services, DurableSettings settings)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<StorageHealth>();
        services.AddSingleton(settings);
        services.AddSingleton<DurableEngine>();
        services.AddHostedService(provider => provider.GetRequiredService<DurableEngine>());
        services.AddSingleton<IOrchestrationClient, DurableClient>();
        return services;
    }

    /// <param name="databasePath">The SQLite file with instances and history; made if missing.</param>
    public static IServiceCollection AddEmbeddedDurable(this IServiceCollection services, string databasePath) =>
        services.AddEmbeddedDurable(new DurableSettings { DatabasePath = databasePath });
}
