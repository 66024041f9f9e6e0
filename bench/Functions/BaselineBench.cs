using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;

namespace Rlhf.Bench.Functions;

/// <summary>A campaign of the obvious durable design (bench/Functions.Baseline) from its start to its pairs, counted as ours is. Its clients know what there is to rank: they post and ask for nothing.</summary>
internal static class BaselineBench
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // Asking reads rows too: seldom enough to stay out of the figures.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(LoadOptions options, string[] logs, TimeSpan idle, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = options.Url };
        var log = new AccessLog(logs);
        var campaign = $"campaigns/c{Guid.NewGuid():N}";
        var batches = (options.Prompts + options.Batch - 1) / options.Batch;

        var begun = Stopwatch.GetTimestamp();
        var start = log.Now();
        using (var started = await http.PutAsync($"{campaign}?prompts={options.Prompts}&batch={options.Batch}", null, cancellation)) started.EnsureSuccessStatusCode();
        await UntilAsync(http, campaign, p => p.Waiting == batches, cancellation);
        var waiting = Stopwatch.GetElapsedTime(begun);
        var opened = log.Now();
        await Task.Delay(idle, cancellation);
        var rested = log.Now();

        begun = Stopwatch.GetTimestamp();
        var latencies = await RankAsync(http, campaign, options, cancellation);
        var ranking = Stopwatch.GetElapsedTime(begun);
        var ranked = log.Now();
        await UntilAsync(http, campaign, p => p.Completed == batches, cancellation);
        var pairing = Stopwatch.GetElapsedTime(begun) - ranking;
        var done = log.Now();

        Figures.Print($"the obvious design: {options.Prompts} prompts, {options.Batch} a batch, {options.Clients} clients");
        Figures.Print($"start to all batches waiting {waiting.TotalSeconds:0.0} s; rankings {options.Prompts / ranking.TotalSeconds:0}/s; last ranking to all pairs {pairing.TotalSeconds:0.0} s");
        Figures.Latencies("ranking", latencies);
        if (logs.Length > 0) Figures.Requests(options, idle, log, [start, opened, rested, ranked, done]);
        return 0;
    }

    private static async Task<IReadOnlyCollection<double>> RankAsync(HttpClient http, string campaign, LoadOptions options, CancellationToken cancellation)
    {
        var latencies = new ConcurrentBag<double>();
        await Parallel.ForEachAsync(Enumerable.Range(0, options.Prompts), new ParallelOptions { MaxDegreeOfParallelism = options.Clients, CancellationToken = cancellation }, async (prompt, stop) =>
        {
            var since = Stopwatch.GetTimestamp();
            using var response = await http.PostAsync($"{campaign}/batches/{prompt / options.Batch}/rankings/{prompt}", null, stop);
            response.EnsureSuccessStatusCode();
            latencies.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        });
        return latencies;
    }

    /// <exception cref="TimeoutException">Within five minutes it does not hold.</exception>
    private static async Task UntilAsync(HttpClient http, string campaign, Func<Progress, bool> reached, CancellationToken cancellation)
    {
        var begun = Stopwatch.GetTimestamp();
        while (await http.GetFromJsonAsync<Progress>(campaign, cancellation) is { } progress && !reached(progress))
        {
            if (Stopwatch.GetElapsedTime(begun) > Patience) throw new TimeoutException($"Not within {Patience}: it is at {progress}.");
            await Task.Delay(Pause, cancellation);
        }
    }

    private sealed record Progress(int Waiting, int Completed);
}
