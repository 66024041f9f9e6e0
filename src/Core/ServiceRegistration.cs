using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Orchestrations;
using Rlhf.Training;
using Rlhf.Web;

namespace Rlhf;

/// <summary>The one registration that serves both hosts.</summary>
public static class ServiceRegistration
{
    /// <summary>Adds the whole pipeline. The host supplies IBlobStore, ITableStore, IOrchestrationClient, IJobLauncher, IGeneratorFactory, ISigningKeys and IOwnerAccess.</summary>
    public static IServiceCollection AddRlhf(this IServiceCollection services, PipelineOptions? options = null)
    {
        services.AddSingleton(options ?? new PipelineOptions());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(Steps());
        services.AddSingleton<CampaignStore>();
        services.AddSingleton<CampaignService>();
        services.AddSingleton<RunStore>();
        services.AddSingleton<RunService>();
        services.AddLabeling();
        services.AddRlhfWeb();
        return services;
    }

    /// <summary>All orchestrators and activities; a host runs them by name.</summary>
    private static StepRegistry Steps() => new();
}
