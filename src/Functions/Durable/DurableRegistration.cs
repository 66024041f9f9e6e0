using Microsoft.Extensions.DependencyInjection;
using Rlhf.Orchestrations;

namespace Rlhf.Functions.Durable;

public static class DurableRegistration
{
    /// <summary>Core's seams over Durable, and what functions run activities with.</summary>
    public static IServiceCollection AddDurable(this IServiceCollection services) => services
        .AddSingleton<DurableClientHolder>()
        .AddSingleton<IOrchestrationClient, DurableOrchestrationClient>()
        .AddScoped<ActivityRunner>();
}
