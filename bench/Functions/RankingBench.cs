using System.Collections.Concurrent;
using System.Diagnostics;
using Rlhf.Labeling.Serving;
using Rlhf.Web.Contracts;

namespace Rlhf.Bench.Functions;

/// <summary>Rankings alone: every task is before somebody first, and then the clients post rankings and ask for nothing between, as the baseline's measure does.</summary>
internal static class RankingBench
{
    /// <summary>Times a client asks again that is told to wait.</summary>
    private const int Patience = 5;

    /// <returns>Milliseconds of each ranking, and how long all took.</returns>
    public static async Task<(IReadOnlyCollection<double> Latencies, TimeSpan Took)> RunAsync(FunctionsApp app, LoadOptions options, Uri chat, CancellationToken cancellation)
    {
        var campaign = await app.CreateAsync(chat, cancellation);
        var invites = await app.InviteAsync(campaign, (options.Prompts + AnnotatorState.MaximumHeld - 1) / AnnotatorState.MaximumHeld, cancellation);
        await app.AddPromptsAsync(campaign, cancellation);
        await app.UntilAsync(campaign, p => p.Open == options.Prompts, $"{options.Prompts} comparisons open", cancellation);
        var served = await ServeAsync(app, campaign, invites, options, cancellation);
        if (served.Count != options.Prompts) throw new InvalidOperationException($"{served.Count} of {options.Prompts} comparisons could be served beforehand.");

        var latencies = new ConcurrentBag<double>();
        var begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, options.Clients).Select(_ => Task.Run(async () =>
        {
            while (served.TryDequeue(out var task))
            {
                var since = Stopwatch.GetTimestamp();
                await app.RankAsync(campaign, task.Invite, task.Comparison, cancellation);
                latencies.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
            }
        }, cancellation)));
        var took = Stopwatch.GetElapsedTime(begun);
        await app.UntilAsync(campaign, p => p.Pairs == options.Prompts, $"{options.Prompts} pairs", cancellation);
        return (latencies, took);
    }

    private static async Task<ConcurrentQueue<(string Invite, ComparisonId Comparison)>> ServeAsync(
        FunctionsApp app, CampaignId campaign, IReadOnlyList<string> invites, LoadOptions options, CancellationToken cancellation)
    {
        var served = new ConcurrentQueue<(string, ComparisonId)>();
        await Parallel.ForEachAsync(invites, new ParallelOptions { MaxDegreeOfParallelism = options.Clients, CancellationToken = cancellation }, async (invite, _) =>
        {
            var holding = new List<ComparisonId>();
            while (holding.Count < AnnotatorState.MaximumHeld && await NextAsync(app, campaign, invite, holding, cancellation) is { } task) holding.Add(task.Comparison);
            foreach (var comparison in holding) served.Enqueue((invite, comparison));
        });
        return served;
    }

    /// <summary>The next task, asked for again where the server says to; null where nothing is left.</summary>
    private static async Task<TaskView?> NextAsync(FunctionsApp app, CampaignId campaign, string invite, IReadOnlyCollection<ComparisonId> holding, CancellationToken cancellation)
    {
        for (var patience = Patience; ; patience--)
        {
            var next = await app.NextAsync(campaign, invite, cancellation, holding);
            if (next.Status != NextStatus.Wait || patience == 0) return next.Task;
            await Task.Delay(TimeSpan.FromSeconds(Math.Min(next.RetryAfterSeconds ?? 1, 1)), cancellation);
        }
    }
}
