using DurableTask.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using Microsoft.DurableTask.Testing.Sidecar.Grpc;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rlhf.Functions.Durable;
using Rlhf.Json;
using Rlhf.Orchestrations;

namespace Rlhf.Functions.Tests.InProcess;

/// <summary>Durable's engine in memory, and its own worker and client with the product's adapters on top, in this process and without a port.</summary>
/// <remarks>The parts of Microsoft.DurableTask.InProcessTestHost, put together here: its own host takes a port by chance and leaves the engine no settings.</remarks>
internal sealed class InProcessHost : IAsyncDisposable
{
    private readonly WebApplication engine;
    private readonly GrpcChannel channel;
    private readonly IHost worker;

    private InProcessHost(WebApplication engine)
    {
        this.engine = engine;
        channel = GrpcChannel.ForAddress("http://engine", new() { HttpHandler = engine.GetTestServer().CreateHandler() });
        worker = BuildWorker(channel);
    }

    /// <summary>As src/Functions registers it.</summary>
    public IOrchestrationClient Client => worker.Services.GetRequiredService<IOrchestrationClient>();

    public static async Task<InProcessHost> StartAsync()
    {
        var engine = BuildEngine();
        await engine.StartAsync();
        var host = new InProcessHost(engine);
        await host.worker.StartAsync();
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        await worker.StopAsync();
        worker.Dispose();
        channel.Dispose();
        await engine.DisposeAsync();
    }

    private static WebApplication BuildEngine()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<InMemoryEngine>()
            .AddSingleton<IOrchestrationService>(services => services.GetRequiredService<InMemoryEngine>())
            .AddSingleton<IOrchestrationServiceClient>(services => services.GetRequiredService<InMemoryEngine>())
            .AddSingleton<TaskHubGrpcServer>()
            .AddGrpc();
        var app = builder.Build();
        app.MapGrpcService<TaskHubGrpcServer>();
        return app;
    }

    private static IHost BuildWorker(GrpcChannel channel)
    {
        // The converter of a Functions app whose WorkerOptions have our serializer.
        var converter = new JsonDataConverter(RlhfJson.Options);
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddDurable();
        builder.Services.AddDurableTaskWorker(durable => durable.AddTasks(ContractTasks.Add).Configure(options => options.DataConverter = converter).UseGrpc(channel));
        builder.Services.AddDurableTaskClient(durable => durable.Configure(options => options.DataConverter = converter).UseGrpc(channel).RegisterDirectly());
        var host = builder.Build();
        host.Services.GetRequiredService<DurableClientHolder>().Use(host.Services.GetRequiredService<DurableTaskClient>());
        return host;
    }
}
