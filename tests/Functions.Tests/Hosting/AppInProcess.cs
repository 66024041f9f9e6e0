using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rlhf.Contracts;
using Rlhf.Functions.Hosting;
using Rlhf.Local.Hosting;
using Rlhf.Local.Storage;
using Rlhf.Orchestrations;
using Rlhf.Storage;
using Rlhf.Storage.Files;

namespace Rlhf.Functions.Tests.Hosting;

/// <summary>All that the app registers, in this process: real storage, real functions; orchestrations are asked for and not run. What it logs goes to a file, with its scopes.</summary>
internal sealed class AppInProcess : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly SqliteTableStore tables;
    private readonly FileLog log;
    private readonly ServiceProvider services;

    public AppInProcess(IReadOnlyDictionary<string, string?>? settings = null)
    {
        tables = new(folder.File("tables.db"));
        log = new(folder.Path);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            [AppSettings.Storage] = "UseDevelopmentStorage=true",
            [AppSettings.OwnerToken] = "sixteen-or-more-characters",
            [AppSettings.SigningKeys] = """[{"id":"k1","secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]""",
            [AppSettings.AllowedHosts] = "localhost",
        }).AddInMemoryCollection(settings ?? new Dictionary<string, string?>()).Build();
        services = new ServiceCollection().AddLogging(logging => logging.AddProvider(log)).AddSingleton<IConfiguration>(configuration).AddFunctionsHost(configuration)
            .AddSingleton<IBlobStore>(new FileBlobStore(folder.File("blobs"))).AddSingleton<ITableStore>(tables)
            .AddSingleton<IOrchestrationClient, AskedOrchestrations>()
            .AddSingleton(new System.Diagnostics.DiagnosticListener("test")).BuildServiceProvider();
    }

    public IServiceProvider Services => services;

    public IBlobStore Blobs => Get<IBlobStore>();

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    /// <summary>A class of functions as the worker makes it.</summary>
    public T Function<T>() => ActivatorUtilities.CreateInstance<T>(services);

    /// <summary>What was logged. Ends the log.</summary>
    public IReadOnlyList<string> EndLog()
    {
        log.Dispose();
        return File.ReadAllLines(folder.File("host.log"));
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        tables.Dispose();
        folder.Dispose();
    }

    private sealed class AskedOrchestrations : IOrchestrationClient
    {
        public Task ScheduleAsync(string orchestrator, object? input, string instanceId, CancellationToken cancellation = default) => Task.CompletedTask;

        public Task RaiseEventAsync(string instanceId, string name, object? payload = null, CancellationToken cancellation = default) => Task.CompletedTask;

        public Task<OrchestrationInstance?> GetAsync(string instanceId, CancellationToken cancellation = default) => Task.FromResult<OrchestrationInstance?>(null);

        public IAsyncEnumerable<OrchestrationInstance> ListAsync(string? instanceIdPrefix = null, CancellationToken cancellation = default) => AsyncEnumerable.Empty<OrchestrationInstance>();

        public Task TerminateAsync(string instanceId, string reason, CancellationToken cancellation = default) => Task.CompletedTask;

        public Task<bool> PurgeAsync(string instanceId, CancellationToken cancellation = default) => Task.FromResult(false);
    }
}
