using Azure.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Rlhf.Training.Launching.ContainerApps;

public static class ContainerAppsRegistration
{
    /// <summary>Trains in a Container Apps job. The identity that starts it needs the role Container Apps Jobs Operator on the job.</summary>
    /// <exception cref="RlhfException"><c>trainer-job-invalid</c>, when the launcher is first asked for.</exception>
    public static IServiceCollection AddContainerAppsJob(
        this IServiceCollection services, Func<IServiceProvider, ContainerAppsJobOptions> options, Func<IServiceProvider, TokenCredential> credential)
    {
        services.AddSingleton(options);
        services.AddSingleton<IJobLauncher>(s => new ContainerAppsJobLauncher(
            new(s.GetRequiredService<ContainerAppsJobOptions>(), credential(s), s.GetRequiredService<TimeProvider>()),
            s.GetRequiredService<ContainerAppsJobOptions>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<ContainerAppsJobLauncher>>()));
        return services;
    }
}
