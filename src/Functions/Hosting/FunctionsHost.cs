using Azure.Core;
using Azure.Core.Serialization;
using Azure.Identity;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rlhf.Functions.Durable;
using Rlhf.Functions.Http;
using Rlhf.Generation;
using Rlhf.Generation.Endpoints;
using Rlhf.Generation.Onnx;
using Rlhf.Json;
using Rlhf.Labeling.Invites;
using Rlhf.Storage;
using Rlhf.Telemetry;
using Rlhf.Training.Launching;
using Rlhf.Training.Launching.ContainerApps;
using Rlhf.Web.Security;

namespace Rlhf.Functions.Hosting;

/// <summary>What the Functions host supplies to Core: Azure Storage, Durable, the trainer, who owns what.</summary>
public static class FunctionsHost
{
    /// <exception cref="RlhfException">A setting is missing or can't be read; its name is in the message.</exception>
    public static IServiceCollection AddFunctionsHost(this IServiceCollection services, IConfiguration configuration)
    {
        var settings = new FunctionsSettings(configuration);
        var credential = Credential(settings);
        services.Configure<WorkerOptions>(options => options.Serializer = new JsonObjectSerializer(RlhfJson.Options));
        services.AddSingleton<TokenCredential>(credential);
        services.AddStorage(settings, credential);
        services.AddSingleton<ISigningKeys>(new ConfiguredSigningKeys(settings.Find(AppSettings.SigningKeys)));
        services.AddSingleton(Owner(settings));
        services.AddSingleton(settings.Web());
        services.AddRlhf();
        services.AddDurable();
        services.AddGenerators();
        services.AddTrainer(settings);
        services.AddSingleton<RoutePipeline>();
        services.AddTelemetry(configuration);
        return services;
    }

    /// <summary>The worker sends for itself; the host must not send its log lines a second time, in whichever of its modes it runs.</summary>
    private static void AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddRlhfTelemetry(configuration, "rlhf-functions");
        if (!configuration.IsTelemetryOn()) return;
        services.Configure<WorkerOptions>(options =>
        {
            options.Capabilities["WorkerOpenTelemetryEnabled"] = bool.TrueString;
            options.Capabilities["WorkerApplicationInsightsLoggingEnabled"] = bool.TrueString;
        });
    }

    private static void AddStorage(this IServiceCollection services, FunctionsSettings settings, TokenCredential credential)
    {
        services.AddSingleton(BlobStores.Open(settings.Storage, credential));
        services.AddSingleton(TableStores.OpenAzure(settings.Tables, credential));
    }

    private static void AddGenerators(this IServiceCollection services)
    {
        services.AddSingleton<EndpointClients>(s => new(s.GetRequiredService<IConfiguration>(), s.GetRequiredService<TokenCredential>()));
        services.AddSingleton(s => GeneratorPlaces.From(s.GetRequiredService<IConfiguration>()));
        services.AddSingleton<ModelCache>(s => new(s.GetRequiredService<IBlobStore>(), FunctionsSettings.ModelFolder));
        services.AddSingleton<IGeneratorFactory, GeneratorFactory>();
    }

    private static void AddTrainer(this IServiceCollection services, FunctionsSettings settings)
    {
        if (settings.Find(AppSettings.TrainerJob) is { } job)
            services.AddContainerAppsJob(_ => new() { Job = job }, s => s.GetRequiredService<TokenCredential>());
        else
            services.AddChildProcessTrainer(_ => settings.Trainer());
    }

    private static IOwnerAccess Owner(FunctionsSettings settings)
    {
        if (settings.Find(AppSettings.OwnerToken) is { } token) return new AdminToken(token);
        if (settings.Find(AppSettings.Owners) is { } owners) return new EntraOwners(owners);
        throw new RlhfException("no-owner", $"Neither {AppSettings.OwnerToken} nor {AppSettings.Owners} is set, so nobody could own a campaign.",
            $"On one machine set {AppSettings.OwnerToken} to a secret of at least 16 characters; in Azure set {AppSettings.Owners} and turn App Service authentication on.", 500);
    }

    private static DefaultAzureCredential Credential(FunctionsSettings settings)
    {
        var options = new DefaultAzureCredentialOptions();
        // Otherwise AZURE_CLIENT_ID, which it reads by itself.
        if (settings.Find(AppSettings.Identity) is { } identity) options.ManagedIdentityClientId = identity;
        return new(options);
    }
}
