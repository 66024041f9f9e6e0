using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Generation;
using Rlhf.Judging;
using Rlhf.Labeling;
using Rlhf.Labeling.Invites;
using Rlhf.Labeling.Serving;
using Rlhf.Local.Durable;
using Rlhf.Local.Storage;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Storage.Files;
using Rlhf.Training;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.Orchestrations;

/// <summary>The whole pipeline in this process as a host registers it: the embedded engine and storage, a generator that is quick, a job that is a real child process.</summary>
public sealed class PipelineHost : IAsyncDisposable
{
    public static readonly CampaignId Campaign = CampaignId.From("support");

    private readonly ServiceProvider services;
    private readonly SqliteTableStore tables;

    private PipelineHost(string folder, PipelineOptions? options, Action<IServiceCollection, PipelineHost>? replace)
    {
        Folder = folder;
        BlobFolder = Path.Combine(folder, "blobs");
        Blobs = new FaultyBlobs(new FileBlobStore(BlobFolder));
        tables = new SqliteTableStore(Path.Combine(folder, "tables.db"));
        Tables = new FaultyTables(tables);
        Launcher = new ShellJobLauncher(BlobFolder);
        var registered = new ServiceCollection().AddLogging()
            .AddSingleton<IBlobStore>(Blobs).AddSingleton<ITableStore>(Tables)
            .AddSingleton<ISigningKeys>(new FileSigningKeys(Path.Combine(folder, "keys.json")))
            .AddSingleton<IGeneratorFactory>(Generators).AddSingleton<IJobLauncher>(Launcher)
            .AddPipeline(options ?? Quick).AddEmbeddedDurable(Path.Combine(folder, "durable.db"));
        replace?.Invoke(registered, this);
        services = registered.BuildServiceProvider();
    }

    /// <summary>Looks often, so that a test that loses a signal on purpose is still quick.</summary>
    public static PipelineOptions Quick { get; } = new()
    {
        BatchLook = TimeSpan.FromMilliseconds(200),
        BatchLookMaximum = TimeSpan.FromMilliseconds(400),
        CampaignLook = TimeSpan.FromMilliseconds(200),
        CampaignLookMaximum = TimeSpan.FromMilliseconds(400),
        OrderingLook = TimeSpan.FromMilliseconds(100),
        OrderingLookMaximum = TimeSpan.FromMilliseconds(200),
        RunLook = TimeSpan.FromMilliseconds(100),
        RunLookMaximum = TimeSpan.FromMilliseconds(200),
        RunSilence = TimeSpan.FromSeconds(1),
        GenerationWindow = 10,
    };

    public static CampaignSettings Settings { get; } = new()
    {
        Id = Campaign,
        Title = "Support",
        Generators = [new("base", GeneratorKind.Onnx, "file:base")],
        Policy = "file:base",
        Split = new(0.1, 0.3),
        Judge = JudgeKind.Rule,
        TrainOn = [AnnotatorKind.Simulated],
        TrainWhenLabeled = true,
        BatchSize = 10,
        OpenBatches = 3,
        Sharing = SharingSettings.None,
        Checks = CheckSettings.None,
    };

    public string Folder { get; }

    public string BlobFolder { get; }

    public FaultyBlobs Blobs { get; }

    public FaultyTables Tables { get; }

    public TestGenerators Generators { get; } = new();

    public ShellJobLauncher Launcher { get; }

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    /// <param name="replace">Services that take the place of the test's own.</param>
    public static async Task<PipelineHost> StartAsync(TemporaryFolder folder, PipelineOptions? options = null, Action<IServiceCollection, PipelineHost>? replace = null)
    {
        var host = new PipelineHost(folder.Path, options, replace);
        foreach (var hosted in host.services.GetServices<IHostedService>()) await hosted.StartAsync(CancellationToken.None);
        return host;
    }

    public async Task<Campaign> CreateAsync(CampaignSettings? settings = null) => await Get<CampaignService>().CreateAsync(settings ?? Settings);

    /// <summary>Drops a file of numbered support messages into the inbox and sweeps it.</summary>
    public async Task DropAsync(int prompts, int first = 1, string name = "prompts.jsonl")
    {
        var lines = Enumerable.Range(first, prompts).Select(i => $$"""{"prompt": "My router {{i}} does not work."}""");
        var path = Path.Combine(BlobFolder, "inbox", Campaign.Value);
        Directory.CreateDirectory(path);
        await File.WriteAllTextAsync(Path.Combine(path, name), string.Join('\n', lines));
        await Get<InboxSweeper>().SweepAsync();
    }

    public Task<Campaign> StateAsync(CampaignState state) =>
        Eventually.GetAsync(async () => await Get<CampaignStore>().FindAsync(Campaign) is { } c && c.State == state ? c : null, $"campaign {state}");

    public Task<IReadOnlyList<Batch>> BatchesAsync(Func<IReadOnlyList<Batch>, bool> condition, string what) =>
        Eventually.GetAsync(async () => await Get<BatchStore>().ListAsync(Campaign) is { } all && condition(all) ? all : null, what);

    public Task<Run> RunAsync(Func<Run, bool> condition, string what) =>
        Eventually.GetAsync(async () => (await Get<RunStore>().ListAsync(Campaign)).FirstOrDefault(condition), what);

    public async Task<Invite> InviteAsync(string id, AnnotatorKind kind = AnnotatorKind.Simulated) =>
        (await Get<InviteService>().CreateAsync(Campaign, kind, null, TimeSpan.FromDays(1), AnnotatorId.From(id))).Invite;

    /// <summary>One judgement of whatever is next; null where nothing is.</summary>
    public async Task<TaskView?> JudgeNextAsync(Invite invite, Func<TaskView, RankingRequest> judge)
    {
        var next = await Get<TaskServer>().NextAsync(Campaign, invite, []);
        if (next.Task is not { } task) return null;
        await Get<RankingService>().SubmitAsync(Campaign, invite, task.Comparison, judge(task));
        return task;
    }

    /// <summary>Judges what comes until <paramref name="isOver"/>; bounded.</summary>
    public async Task JudgeUntilAsync(Invite invite, Func<TaskView, RankingRequest> judge, Func<Task<bool>> isOver)
    {
        await Eventually.GetAsync(async () =>
        {
            while (await JudgeNextAsync(invite, judge) is not null)
            {
            }
            return await isOver() ? "" : null;
        }, "everything judged");
    }

    /// <summary>The answer with the higher score of the rule first.</summary>
    public static RankingRequest ByRule(TaskView task)
    {
        var shown = task.Answers.Select(a => a.Id).ToList();
        var ordered = task.Answers.OrderByDescending(a => SupportRule.Score(task.Messages, a.Text)).Select(a => a.Id).ToList();
        return new(RankingOutcome.Ranked, [[ordered[0]], [ordered[1]]], shown);
    }

    public static RankingRequest Skip(TaskView task) => new(RankingOutcome.Skip, [], [.. task.Answers.Select(a => a.Id)]);

    public async ValueTask DisposeAsync()
    {
        foreach (var hosted in services.GetServices<IHostedService>()) await hosted.StopAsync(CancellationToken.None);
        await services.DisposeAsync();
        tables.Dispose();
        Launcher.Dispose();
    }
}
