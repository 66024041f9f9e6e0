using System.Collections.Concurrent;
using Azure.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Generation;
using Rlhf.Generation.Endpoints;
using Rlhf.Generation.Onnx;
using Rlhf.Local.Tests.Orchestrations;
using Rlhf.Storage;
using Rlhf.Training;
using Rlhf.Training.FineTuning;

namespace Rlhf.Local.Tests.FineTuning;

/// <summary>The whole pipeline with an API-only campaign: its answers, its tuning and its deployments are the server's.</summary>
internal sealed class TuningHost : IAsyncDisposable
{
    private readonly Logs logs;

    private TuningHost(PipelineHost pipeline, AzureOpenAIServer server, Logs logs) => (Pipeline, Server, this.logs) = (pipeline, server, logs);

    public PipelineHost Pipeline { get; }

    public AzureOpenAIServer Server { get; }

    public string Log => string.Join('\n', logs.Lines);

    /// <summary>Quick where a test must not wait, and as careful as ever about a second job.</summary>
    public static FineTuningOptions Options { get; } = new() { Account = AzureOpenAIServer.Account, Rest = TimeSpan.FromMilliseconds(100), AskAgainAfter = TimeSpan.FromSeconds(2) };

    public static CampaignSettings SettingsFor(AzureOpenAIServer server) => PipelineHost.Settings with
    {
        Generators = [new("team", GeneratorKind.AzureOpenAI, "base", server.Address) { Concurrency = 8 }],
        Policy = "azureOpenAI:base",
        TrainWhenLabeled = false,
        MinimumPairs = 10,
        FineTuning = new() { Model = AzureOpenAIServer.BaseModel },
    };

    public static async Task<TuningHost> StartAsync(TemporaryFolder folder, AzureOpenAIServer server, FineTuningOptions? options = null, string key = AzureOpenAIServer.Key)
    {
        var logs = new Logs();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Generators:team:Key"] = key }).Build();
        var pipeline = await PipelineHost.StartAsync(folder, replace: (services, _) => services
            .AddLogging(l => l.AddProvider(logs).SetMinimumLevel(LogLevel.Trace))
            .AddSingleton(new EndpointClients(configuration, new FixedToken()))
            .AddSingleton((options ?? Options) with { Arm = server.Address })
            .AddSingleton(s => new ModelCache(s.GetRequiredService<IBlobStore>(), Path.Combine(folder.Path, "models")))
            .AddSingleton(new GeneratorPlaces())
            .AddSingleton<IGeneratorFactory, GeneratorFactory>());
        return new(pipeline, server, logs);
    }

    /// <summary>A campaign whose prompts are all ranked, by the rule.</summary>
    public async Task LabelAsync(CampaignSettings? settings = null, int prompts = 30)
    {
        await Pipeline.CreateAsync(settings ?? SettingsFor(Server));
        await Pipeline.DropAsync(prompts);
        var annotator = await Pipeline.InviteAsync("sim-1");
        await Pipeline.JudgeUntilAsync(annotator, PipelineHost.ByRule, async () => (await Pipeline.Get<CampaignStore>().GetAsync(PipelineHost.Campaign)).State == CampaignState.Completed);
    }

    public async Task<Run> TrainAsync() => await Pipeline.Get<CampaignService>().TrainNowAsync(PipelineHost.Campaign);

    public async Task<Run> LabelAndTrainAsync(CampaignSettings? settings = null)
    {
        await LabelAsync(settings);
        return await TrainAsync();
    }

    public Task<Run> EndAsync(RunId run) => Pipeline.RunAsync(r => r.Id == run && r.HasEnded, "the run ended");

    public Task<RunStatus> StatusAsync(RunId run, Func<RunStatus, bool> condition, string what) =>
        Eventually.GetAsync(async () => await Pipeline.Get<RunService>().GetStatusAsync(run) is { } s && condition(s) ? s : null, what);

    public ValueTask DisposeAsync() => Pipeline.DisposeAsync();

    private sealed class FixedToken : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(AzureOpenAIServer.Token, DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
    }

    private sealed class Logs : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
