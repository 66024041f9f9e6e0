using Rlhf.Generation;
using Rlhf.Generation.Endpoints;
using Rlhf.Generation.Onnx;
using Rlhf.Labeling;
using Rlhf.Labeling.Invites;
using Rlhf.Local.Checks;
using Rlhf.Local.Cli;
using Rlhf.Local.Durable;
using Rlhf.Local.Inbox;
using Rlhf.Local.Loop;
using Rlhf.Local.Simulation;
using Rlhf.Storage;
using Rlhf.Telemetry;
using Rlhf.Training.Launching;
using Rlhf.Web;
using Rlhf.Web.Routing;
using Rlhf.Web.Security;

namespace Rlhf.Local.Hosting;

/// <summary>The whole pipeline in one process: storage, engine, HTTP, inbox, and the trainer as its child.</summary>
public sealed class LocalHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HostLock heldLock;
    private readonly LocalStorage storage;

    private LocalHost(WebApplication app, HostLock heldLock, LocalStorage storage, DataFolder data)
    {
        this.app = app;
        this.heldLock = heldLock;
        this.storage = storage;
        Data = data;
    }

    public DataFolder Data { get; }

    public IServiceProvider Services => app.Services;

    public Uri Address => Get<HostAddress>().Address;

    /// <summary>The dashboard, signed in as the owner.</summary>
    public string OwnerLink => OwnerPage("");

    /// <summary>A page with the owner's token in the fragment, which no server sees and no log holds.</summary>
    /// <param name="page">Path and query, e.g. <c>run?id=support-1-run1</c>.</param>
    public string OwnerPage(string page) => $"{new Uri(Address, page)}#token={OwnerToken.Load(Data)}";

    public T Get<T>() where T : notnull => app.Services.GetRequiredService<T>();

    /// <param name="say">Told what takes a while, and what is different from what was asked for.</param>
    /// <param name="change">Told the host's services before they are made, to put others in their place.</param>
    /// <exception cref="RlhfException">Another host runs on the data folder, no port is free, or storage can't be opened.</exception>
    public static async Task<LocalHost> StartAsync(
        DataFolder data, HostSettings settings, Action<string> say, CancellationToken cancellation, Action<IServiceCollection>? change = null)
    {
        var heldLock = HostLock.Take(data);
        LocalStorage? storage = null;
        try
        {
            storage = await LocalStorage.OpenAsync(data, settings.Azurite, say, cancellation);
            var (port, steppedOver) = Ports.Choose(settings.Port);
            if (steppedOver.Count > 0) say($"Port {string.Join(", ", steppedOver)} {(steppedOver.Count == 1 ? "is" : "are")} in use; {port} is used instead.");
            var app = Build(data, settings, storage, port, change);
            var host = new LocalHost(app, heldLock, storage, data);
            await app.StartAsync(cancellation);
            host.Get<HostAddress>().Address = new Uri(app.Urls.First());
            heldLock.Announce(host.Address, host.OwnerLink);
            return host;
        }
        catch
        {
            if (storage is not null) await storage.DisposeAsync();
            heldLock.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Get<LocalSimulation>().StopAsync();
        await app.StopAsync();
        // In this order: nobody is left who would start another one.
        Get<ChildProcessLauncher>().StopAll();
        await app.DisposeAsync();
        await storage.DisposeAsync();
        heldLock.Dispose();
    }

    private static WebApplication Build(DataFolder data, HostSettings settings, LocalStorage storage, int port, Action<IServiceCollection>? change)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders().AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // Made by the container, which then disposes it: the last lines are written at the end.
        builder.Services.AddSingleton<ILoggerProvider>(_ => new FileLog(data.Logs));
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        // Ctrl-C and SIGTERM are the command's: it says what resume does, and stops the host itself.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        AddServices(builder.Services, data, settings, storage);
        builder.Services.AddRlhfTelemetry(builder.Configuration, "rlhf-local");
        change?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapRlhf();
        return app;
    }

    private static void AddServices(IServiceCollection services, DataFolder data, HostSettings settings, LocalStorage storage)
    {
        services.AddSingleton(data);
        services.AddSingleton(new CommandHints(settings));
        services.AddSingleton<IBlobStore>(s => new WatchedBlobStore(storage.Blobs, s.GetRequiredService<StorageHealth>()));
        services.AddSingleton<ITableStore>(s => new WatchedTableStore(storage.Tables, s.GetRequiredService<StorageHealth>()));
        services.AddSingleton<HostAddress>();
        services.AddSingleton<LoopRecords>();
        services.AddSingleton<ISigningKeys>(new FileSigningKeys(data.SigningKeys));
        services.AddSingleton<IOwnerAccess>(new AdminToken(OwnerToken.Load(data)));
        services.AddSingleton(WebSettings());
        services.AddRlhf(Paces);
        services.AddEmbeddedDurable(data.Orchestrations);

        services.AddSingleton<EndpointClients>(s => new(s.GetRequiredService<IConfiguration>()));
        services.AddSingleton(s => GeneratorPlaces.From(s.GetRequiredService<IConfiguration>()));
        services.AddSingleton(new ModelCache(storage.Blobs, data.Models));
        services.AddSingleton<IGeneratorFactory, GeneratorFactory>();

        services.AddChildProcessTrainer(s => new()
        {
            Folder = data.Jobs,
            Storage = storage.Location,
            Trainer = s.GetRequiredService<IConfiguration>()[AppSettings.Trainer],
            Source = SolutionFolder.Find() is { } root ? Path.Combine(root, "src", "Trainer") : null,
            Again = s.GetRequiredService<CommandHints>().Resume(),
        });

        services.AddSingleton<LocalSimulation>();
        services.AddSingleton<ISimulation>(s => s.GetRequiredService<LocalSimulation>());
        services.AddSingleton<InboxWatch>();
        services.AddHostedService(s => s.GetRequiredService<InboxWatch>());
    }

    /// <summary>A campaign made on the dashboard that names no model gets the shipped one.</summary>
    private static WebOptions WebSettings()
    {
        var options = new WebOptions { AllowedHosts = ["127.0.0.1", "localhost"] };
        return ShippedModel.Find() is { } folder ? options.WithModel(ModelCache.FilePrefix + folder) : options;
    }

    /// <summary>Somebody is watching, and looking costs nothing here.</summary>
    private static PipelineOptions Paces => new()
    {
        BatchLook = TimeSpan.FromSeconds(5),
        BatchLookMaximum = TimeSpan.FromSeconds(30),
        CampaignLook = TimeSpan.FromSeconds(5),
        CampaignLookMaximum = TimeSpan.FromSeconds(30),
        OrderingLook = TimeSpan.FromSeconds(2),
        OrderingLookMaximum = TimeSpan.FromSeconds(10),
        RunLook = TimeSpan.FromSeconds(1),
        RunLookMaximum = TimeSpan.FromSeconds(2),
        RunSilence = TimeSpan.FromMinutes(1),
    };

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
