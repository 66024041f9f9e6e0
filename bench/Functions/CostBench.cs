using System.Diagnostics;
using System.Globalization;

namespace Rlhf.Bench.Functions;

/// <summary>One campaign from its prompts to its pairs, counted.</summary>
internal static class CostBench
{
    public static async Task<int> RunAsync(LoadOptions options, string[] logs, TimeSpan idle, CancellationToken cancellation)
    {
        using var app = new FunctionsApp(options);
        await using var chat = await InstantChat.StartAsync(cancellation);
        var log = new AccessLog(logs);
        var campaign = await app.CreateAsync(chat.Address, cancellation);
        var invites = await app.InviteAsync(campaign, options.Clients, cancellation);

        var begun = Stopwatch.GetTimestamp();
        var start = log.Now();
        await app.AddPromptsAsync(campaign, cancellation);
        await app.UntilAsync(campaign, p => p.Open == options.Prompts, $"{options.Prompts} comparisons open", cancellation);
        var waiting = Stopwatch.GetElapsedTime(begun);
        var opened = log.Now();
        await Task.Delay(idle, cancellation);
        var rested = log.Now();

        begun = Stopwatch.GetTimestamp();
        var annotators = new Annotators(app, campaign, invites);
        await annotators.RunAsync(options.Prompts, _ => Task.FromResult(false), cancellation);
        var ranking = Stopwatch.GetElapsedTime(begun);
        var ranked = log.Now();
        await app.UntilAsync(campaign, p => p.Pairs == options.Prompts, $"{options.Prompts} pairs", cancellation);
        var pairing = Stopwatch.GetElapsedTime(begun) - ranking;
        var done = log.Now();

        Print($"{options.Prompts} prompts, {options.Batch} a batch, {options.Clients} annotators");
        Print($"start to all batches waiting {waiting.TotalSeconds:0.0} s; rankings {options.Prompts / ranking.TotalSeconds:0}/s; last ranking to all pairs {pairing.TotalSeconds:0.0} s");
        Latencies("ranking, beside next", annotators.RankLatencies);
        Latencies("next", annotators.NextLatencies);
        if (logs.Length > 0) Report(options, idle, log, [start, opened, rested, ranked, done]);

        var (alone, took) = await RankingBench.RunAsync(app, options, chat.Address, cancellation);
        Latencies("ranking alone, all tasks served before", alone);
        Print($"rankings alone {options.Prompts / took.TotalSeconds:0}/s");
        return 0;
    }

    /// <param name="marks">Start, all open, rested, all ranked, all pairs there.</param>
    private static void Report(LoadOptions options, TimeSpan idle, AccessLog log, IReadOnlyList<AccessLog.Mark> marks)
    {
        var phases = new[] { log.Count(marks[0], marks[1]), log.Count(marks[2], marks[3]), log.Count(marks[3], marks[4]) };
        Report("a comparison, prompt to pair", phases, options.Prompts);
        Report("  until all batches wait", phases[..1], options.Prompts);
        Report("  ranking", phases[1..2], options.Prompts);
        Report("  until all pairs are there", phases[2..], options.Prompts);
        Report("an idle minute", [log.Count(marks[1], marks[2])], idle.TotalMinutes);
    }

    private static void Latencies(string what, IEnumerable<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToList();
        Print($"{what}: p50 {sorted[sorted.Count / 2]:0} ms, p99 {sorted[sorted.Count * 99 / 100]:0} ms, n {sorted.Count}");
    }

    private static void Report(string what, IEnumerable<IReadOnlyDictionary<AccessLog.Request, int>> counted, double per)
    {
        var all = counted.SelectMany(c => c).GroupBy(c => c.Key, c => c.Value).ToDictionary(g => g.Key, g => g.Sum() / per);
        double Of(string service) => all.Where(c => c.Key.Service == service).Sum(c => c.Value);
        Print($"storage requests, {what}: {all.Values.Sum():0.0} (blob {Of("blob"):0.00} / queue {Of("queue"):0.00} / table {Of("table"):0.00})");
        foreach (var (request, count) in all.OrderByDescending(c => c.Value).Where(c => c.Value >= 0.01)) Print($"    {count,7:0.00}  {request.Service} {request.Cause}");
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
