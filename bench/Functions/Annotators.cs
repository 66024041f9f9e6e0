using System.Collections.Concurrent;
using System.Diagnostics;
using Rlhf.Web.Contracts;

namespace Rlhf.Bench.Functions;

/// <summary>Annotators side by side, each asking for a task and ranking it, until nothing is open.</summary>
internal sealed class Annotators(FunctionsApp app, CampaignId campaign, IReadOnlyList<string> invites)
{
    // So that the run ends soon after its last ranking.
    private const int LongestWaitSeconds = 5;

    private readonly ConcurrentDictionary<ComparisonId, int> accepted = new();
    private volatile bool isOver;

    /// <summary>Comparisons whose ranking the server has said it has.</summary>
    public IReadOnlyDictionary<ComparisonId, int> Accepted => accepted;

    public ConcurrentBag<double> RankLatencies { get; } = [];

    public ConcurrentBag<double> NextLatencies { get; } = [];

    /// <param name="goOn">Asked after each failed request: whether to try again.</param>
    public Task RunAsync(int comparisons, Func<Exception, Task<bool>> goOn, CancellationToken cancellation) =>
        Task.WhenAll(invites.Select(invite => Task.Run(() => RankAllAsync(invite, comparisons, goOn, cancellation), cancellation)));

    private async Task RankAllAsync(string invite, int comparisons, Func<Exception, Task<bool>> goOn, CancellationToken cancellation)
    {
        // A ranking whose answer a kill took is not among the accepted: then the server says when all is ranked.
        while (accepted.Count < comparisons && !isOver)
        {
            try
            {
                // As the form does: it asks again when it was told to.
                if (await RankOneAsync(invite, cancellation) is { } wait) await Task.Delay(wait, cancellation);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                if (!await goOn(e)) throw;
            }
        }
    }

    /// <returns>How long to wait where there was no task.</returns>
    private async Task<TimeSpan?> RankOneAsync(string invite, CancellationToken cancellation)
    {
        var begun = Stopwatch.GetTimestamp();
        var next = await app.NextAsync(campaign, invite, cancellation);
        isOver |= next.Status is NextStatus.Done or NextStatus.Ended;
        if (next.Status != NextStatus.Task) return TimeSpan.FromSeconds(Math.Min(next.RetryAfterSeconds ?? 1, LongestWaitSeconds));
        NextLatencies.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        begun = Stopwatch.GetTimestamp();
        await app.RankAsync(campaign, invite, next.Task!.Comparison, cancellation);
        RankLatencies.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        accepted.AddOrUpdate(next.Task.Comparison, 1, (_, n) => n + 1);
        return null;
    }
}
