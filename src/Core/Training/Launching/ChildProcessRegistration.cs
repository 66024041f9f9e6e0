using Microsoft.Extensions.DependencyInjection;

namespace Rlhf.Training.Launching;

public static class ChildProcessRegistration
{
    /// <summary>Trains in a child process of this host: on one machine, and wherever no Container Apps job is named.</summary>
    public static IServiceCollection AddChildProcessTrainer(this IServiceCollection services, Func<IServiceProvider, ChildProcessOptions> options)
    {
        services.AddSingleton(options);
        services.AddSingleton<TrainerProgram>();
        services.AddSingleton<ChildProcessLauncher>();
        services.AddSingleton<IJobLauncher>(s => s.GetRequiredService<ChildProcessLauncher>());
        return services;
    }
}
