using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Labeling;
using Rlhf.Local.Storage;
using Rlhf.Preferences;
using Rlhf.Preferences.Formats;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Storage.Files;

namespace Rlhf.Bench.Local;

/// <summary>How long an export of a campaign takes, and the most memory it has at a time, for every format: each in a process of its own.
/// A pair is about 1.2 KB: a prompt, two answers of 80 words, one person's ranking. The first export of a process pays for compiling, as a command does.</summary>
public static class ExportBench
{
    public const string Child = "export-one";
    private const int BatchSize = 25;

    public static async Task RunAsync(string folder, IEnumerable<int> sizes)
    {
        foreach (var size in sizes)
        {
            var home = Path.Combine(folder, $"export-{size}");
            await FillAsync(home, size);
            Console.WriteLine($"\nexport of {size:N0} pairs         {BenchProcess.Columns}");
            foreach (var format in Formats(home)) Console.WriteLine($"  {format,-24} {await BenchProcess.RunAsync(Child, home, format)}");
            await SetVotingAsync(home, PairVoting.DawidSkene);
            // The first export brings all pair files in line, which the others find done.
            foreach (var time in (string[])["first", "again"]) Console.WriteLine($"  {"trl, Dawid-Skene, " + time,-24} {await BenchProcess.RunAsync(Child, home, ExportFormats.Default)}");
            Directory.Delete(home, recursive: true);
        }
    }

    private static async Task SetVotingAsync(string home, PairVoting voting)
    {
        await using var services = Services(home);
        await services.GetRequiredService<CampaignStore>().UpdateAsync(Campaign, c => c with { Settings = c.Settings with { Voting = voting } });
    }

    /// <returns>Whether the arguments ask for one export, which then has been done.</returns>
    public static async Task<bool> TryRunOneAsync(string[] args)
    {
        if (args is not [Child, var home, var format]) return false;
        await using var services = Services(home);
        var clock = Stopwatch.StartNew();
        var exporter = services.GetRequiredService<Exporter>();
        var path = Path.Combine(home, "out");
        await using (var file = File.Create(path))
        {
            var holdsSplit = services.GetRequiredService<ExportFormats>().Get(format).Info.HoldsSplit;
            await (await exporter.OpenAsync(Campaign, format, holdsSplit ? null : Split.Train)).WriteAsync(file);
        }
        BenchProcess.SayCost(clock.Elapsed, path);
        return true;
    }

    public static CampaignId Campaign { get; } = new("bench");

    private static IReadOnlyList<string> Formats(string home)
    {
        using var services = Services(home);
        return [.. services.GetRequiredService<ExportFormats>().All.Select(f => f.Info.Name)];
    }

    private static ServiceProvider Services(string home) => new ServiceCollection().AddLogging()
        .AddSingleton<IBlobStore>(new FileBlobStore(Path.Combine(home, "blobs"))).AddSingleton<ITableStore>(new SqliteTableStore(Path.Combine(home, "tables.db")))
        .AddPipeline().BuildServiceProvider();

    private static async Task FillAsync(string home, int pairs)
    {
        Directory.CreateDirectory(home);
        await using var services = Services(home);
        await services.GetRequiredService<CampaignStore>().CreateAsync(new(new CampaignSettings { Id = Campaign, Title = "Bench", Generators = [new("base", GeneratorKind.Onnx, "file:none")] }, CampaignState.Active, DateTimeOffset.UnixEpoch));
        await Parallel.ForEachAsync(Enumerable.Range(1, (pairs + BatchSize - 1) / BatchSize), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, cancellation) =>
            await FillBatchAsync(services, number, Math.Min(BatchSize, pairs - (number - 1) * BatchSize), cancellation));
    }

    private static async Task FillBatchAsync(ServiceProvider services, int number, int count, CancellationToken cancellation)
    {
        var id = BatchId.For(Campaign, 1, number);
        var made = Enumerable.Range(0, count).Select(i => Make(id, number * BatchSize + i)).ToList();
        var rankings = services.GetRequiredService<RankingStore>();
        foreach (var comparison in made)
            await rankings.TryInsertAsync(new(comparison.Id, id, new($"a{number % 9}"), AnnotatorKind.Person, RankingOutcome.Ranked, [["a"], ["b"]], ["b", "a"], DateTimeOffset.UnixEpoch), cancellation);
        await services.GetRequiredService<ComparisonStore>().PublishAsync(Campaign, id, made, cancellation);
        await services.GetRequiredService<BatchStore>().CreateAsync(new(id, Campaign, 1, ComparisonKind.Ordinary, BatchState.Done, [], new(), DateTimeOffset.UnixEpoch, Comparisons: count), cancellation);
        await services.GetRequiredService<PairStore>().RefreshAsync(Campaign, id, cancellation);
    }

    private static Comparison Make(BatchId batch, int number)
    {
        Message[] messages = [new(MessageRole.System, "You answer customers."), new(MessageRole.User, $"{number}: {Words(number, 40)}")];
        var prompt = new Prompt(PromptHash.IdOf(messages), messages, number % 10 == 0 ? Split.Test : Split.Train);
        return new(new($"c{number:D8}"), batch, prompt,
            [new("a", Words(number + 1, 80), "base", FinishReason.Stop, 1, Sampling: new()), new("b", Words(number + 2, 80), "base", FinishReason.Stop, 2, Sampling: new())], ComparisonKind.Ordinary, 1, 1);
    }

    public static string Words(int seed, int count)
    {
        var random = new Random(seed);
        return string.Join(' ', Enumerable.Range(0, count).Select(_ => vocabulary[random.Next(vocabulary.Length)]));
    }

    private static readonly string[] vocabulary = "the router blinks red and your \"order\" was, sent on Monday; we're sorry – please restart it twice or call us again schön 你好".Split(' ');
}
