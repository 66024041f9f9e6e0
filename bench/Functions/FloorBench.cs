using System.Diagnostics;
using System.Globalization;
using Rlhf.Labeling;
using Rlhf.Storage;

namespace Rlhf.Bench.Functions;

/// <summary>What storage itself takes: the same number of clients, each writing a ranking's row and reading the rows of its batch, with no host between.</summary>
internal static class FloorBench
{
    private const string Table = "floor";

    public static async Task<int> RunAsync(string storage, LoadOptions options, CancellationToken cancellation)
    {
        var tables = TableStores.OpenAzure(storage);
        var run = Guid.NewGuid().ToString("n")[..8];
        var milliseconds = new double[options.Prompts];
        var taken = -1;
        await WriteAndReadAsync(tables, $"{run}-warm", 0, cancellation);
        var begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, options.Clients).Select(_ => Task.Run(ClientAsync, cancellation)));
        var took = Stopwatch.GetElapsedTime(begun);
        Array.Sort(milliseconds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"a row written and its partition read, {options.Clients} clients: p50 {milliseconds[options.Prompts / 2]:0} ms, p99 {milliseconds[options.Prompts * 99 / 100]:0} ms, {options.Prompts / took.TotalSeconds:0}/s"));
        return 0;

        async Task ClientAsync()
        {
            while (Interlocked.Increment(ref taken) is var n && n < options.Prompts)
            {
                var since = Stopwatch.GetTimestamp();
                await WriteAndReadAsync(tables, $"{run}-{n / options.Batch}", n, cancellation);
                milliseconds[n] = Stopwatch.GetElapsedTime(since).TotalMilliseconds;
            }
        }
    }

    private static async Task WriteAndReadAsync(ITableStore tables, string partition, int n, CancellationToken cancellation)
    {
        var ranking = new Ranking(new($"comparison-{n:D16}"), new(partition), new($"annotator-{n:D4}"), AnnotatorKind.Simulated,
            RankingOutcome.Ranked, [["a"], ["b"]], ["a", "b"], TimeProvider.System.GetUtcNow());
        await tables.TryInsertAsync(Table, partition, $"{ranking.Comparison}~{ranking.Annotator}", ranking, cancellation);
        await foreach (var row in tables.QueryAsync(Table, partition, cancellation: cancellation)) row.ReadBody<Ranking>();
    }
}
