using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Labeling;
using Rlhf.Labeling.Invites;
using Rlhf.Labeling.Serving;
using Rlhf.Local.Azurite;
using Rlhf.Local.Hosting;
using Rlhf.Local.Storage;
using Rlhf.Orchestrations;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Storage.Azure;
using Rlhf.Storage.Files;

namespace Rlhf.Bench.Local;

/// <summary>What <c>next</c> takes with few and with many comparisons open: campaigns in one store, asked in turn, so that whatever else the machine does falls on both. Each task is ranked
/// after it was served, and the overlap is so high that nothing closes meanwhile. Each round has annotators of its own and a new campaign of few, so that rows are about as new in both.</summary>
internal static class NextBench
{
    private const int Few = 100;
    private const int Rounds = 5;
    private const int Annotators = 10;
    private const int TasksEach = 40;
    private const int BatchSize = 200;

    public static async Task RunAsync(string folder, int many)
    {
        using var tables = new SqliteTableStore(Path.Combine(folder, "next.db"));
        await RunAsync("embedded", folder, tables, many);
    }

    public static async Task RunOnAzuriteAsync(string folder, int many)
    {
        var data = new DataFolder(folder);
        Directory.CreateDirectory(data.Logs);
        await using var azurite = await AzuriteProcess.StartAsync(data, Console.WriteLine, CancellationToken.None);
        await RunAsync("Azurite", folder, new AzureTableStore(new TableServiceClient(azurite.ConnectionString)), many);
    }

    private static async Task RunAsync(string storage, string folder, ITableStore tables, int many)
    {
        using var blobs = new FileBlobStore(Path.Combine(folder, $"blobs-{storage}"));
        await using var services = new ServiceCollection().AddLogging().AddSingleton<IBlobStore>(blobs).AddSingleton(tables)
            .AddSingleton<ISigningKeys>(new FileSigningKeys(Path.Combine(folder, "next-keys.json"))).AddSingleton<IOrchestrationClient, NoOrchestrations>().AddSingleton<IGeneratorFactory, NoGenerators>()
            .AddPipeline().BuildServiceProvider();
        var large = new CampaignId("many");
        await FillAsync(services, large, many);
        var (few, most) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            var small = new CampaignId($"few-{round}");
            await FillAsync(services, small, Few);
            for (var annotator = 0; annotator < Annotators; annotator++)
            {
                var (there, here) = (await InviteAsync(services, small), await InviteAsync(services, large));
                for (var task = 0; task < TasksEach; task++)
                {
                    few.Add(await NextAsync(services, small, there));
                    most.Add(await NextAsync(services, large, here));
                }
            }
        }
        Print(storage, Few, few);
        Print(storage, many, most);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"p99, many against few",-48} {Quantile(most, 0.99) / Quantile(few, 0.99),8:0.00}"));
    }

    /// <summary>One task: asked for, which is timed, and ranked.</summary>
    private static async Task<double> NextAsync(ServiceProvider services, CampaignId campaign, Invite invite)
    {
        var begun = Stopwatch.GetTimestamp();
        var next = await services.GetRequiredService<TaskServer>().NextAsync(campaign, invite, []);
        var took = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        var task = next.Task ?? throw new InvalidOperationException($"{campaign} answered {next.Status}: {next.Reason}");
        await services.GetRequiredService<RankingService>().SubmitAsync(campaign, invite, task.Comparison, new(RankingOutcome.Ranked, [["1"], ["2"]]));
        return took;
    }

    private static async Task<Invite> InviteAsync(ServiceProvider services, CampaignId campaign) =>
        (await services.GetRequiredService<InviteService>().CreateAsync(campaign, AnnotatorKind.Person, null, TimeSpan.FromDays(1))).Invite with { SeenAt = DateTimeOffset.UtcNow };

    private static async Task FillAsync(ServiceProvider services, CampaignId id, int open)
    {
        var settings = new CampaignSettings
        {
            Id = id,
            Title = "Bench",
            Generators = [new("base", GeneratorKind.Onnx, "file:none")],
            Overlap = 1_000,
            Sharing = SharingSettings.None,
            Checks = CheckSettings.None,
        };
        await services.GetRequiredService<CampaignStore>().CreateAsync(new(settings, CampaignState.Active, DateTimeOffset.UtcNow));
        for (var first = 0; first < open; first += BatchSize)
        {
            var batch = BatchId.For(id, 1, first / BatchSize + 1);
            var made = Enumerable.Range(first, Math.Min(BatchSize, open - first)).Select(i => Make(batch, i)).ToList();
            await services.GetRequiredService<BatchStore>().CreateAsync(new(batch, id, 1, ComparisonKind.Ordinary, BatchState.Open, [], new(), DateTimeOffset.UtcNow, Comparisons: made.Count));
            await services.GetRequiredService<ComparisonStore>().PublishAsync(id, batch, made);
        }
    }

    private static Comparison Make(BatchId batch, int number)
    {
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{batch}#{number}")))[..20];
        return new(new(id), batch, new(new(id), [new(MessageRole.User, $"Question {number}?")], Split.Train),
            [new("a", "One answer.", "base", FinishReason.Stop, 1), new("b", "Another answer.", "base", FinishReason.Stop, 2)], ComparisonKind.Ordinary, 1, 1_000);
    }

    private static void Print(string storage, int open, List<double> latencies) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{$"next, {storage}, {open:N0} open",-48} {latencies.Count,8} calls   p50 {Quantile(latencies, 0.5),7:0.00} ms   p99 {Quantile(latencies, 0.99),7:0.00} ms"));

    private static double Quantile(List<double> values, double share) => values.Order().ElementAt((int)(values.Count * share));

    /// <summary>Nothing is written here.</summary>
    private sealed class NoGenerators : IGeneratorFactory
    {
        public ValueTask<IGenerator> OpenAsync(GeneratorSettings settings, CancellationToken cancellation = default) => throw new NotSupportedException();
    }

    /// <summary>Nobody waits for what is ranked here.</summary>
    private sealed class NoOrchestrations : IOrchestrationClient
    {
        public Task ScheduleAsync(string orchestrator, object? input, string instanceId, CancellationToken cancellation = default) => Task.CompletedTask;

        public Task RaiseEventAsync(string instanceId, string name, object? payload = null, CancellationToken cancellation = default) => Task.CompletedTask;

        public Task<OrchestrationInstance?> GetAsync(string instanceId, CancellationToken cancellation = default) => Task.FromResult<OrchestrationInstance?>(null);

        public IAsyncEnumerable<OrchestrationInstance> ListAsync(string? instanceIdPrefix = null, CancellationToken cancellation = default) => AsyncEnumerable.Empty<OrchestrationInstance>();

        public Task TerminateAsync(string instanceId, string reason, CancellationToken cancellation = default) => Task.CompletedTask;

        public Task<bool> PurgeAsync(string instanceId, CancellationToken cancellation = default) => Task.FromResult(false);
    }
}
