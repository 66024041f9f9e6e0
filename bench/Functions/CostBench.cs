using System.Diagnostics;

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

        Figures.Print($"{options.Prompts} prompts, {options.Batch} a batch, {options.Clients} annotators");
        Figures.Print($"start to all batches waiting {waiting.TotalSeconds:0.0} s; rankings {options.Prompts / ranking.TotalSeconds:0}/s; last ranking to all pairs {pairing.TotalSeconds:0.0} s");
        Figures.Latencies("ranking, beside next", annotators.RankLatencies);
        Figures.Latencies("next", annotators.NextLatencies);
        if (logs.Length > 0) Figures.Requests(options, idle, log, [start, opened, rested, ranked, done]);

        var (alone, took) = await RankingBench.RunAsync(app, options, chat.Address, cancellation);
        Figures.Latencies("ranking alone, all tasks served before", alone);
        Figures.Print($"rankings alone {options.Prompts / took.TotalSeconds:0}/s");
        return 0;
    }
}
