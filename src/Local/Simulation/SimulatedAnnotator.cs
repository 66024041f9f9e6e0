using System.Net;
using Rlhf.Labeling;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Simulation;

/// <summary>Ranks over HTTP, one comparison after the other, until the campaign has ended.</summary>
public sealed partial class SimulatedAnnotator(
    AnnotatorClient client, AnnotatorId id, Habit habit, long seed, TimeProvider time, ILogger<SimulatedAnnotator> logger)
{
    private static readonly TimeSpan longestWait = TimeSpan.FromSeconds(5);

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var next = await AskAsync(cancellation);
            if (next is { Status: NextStatus.Task, Task: { } task }) await RankAsync(task, cancellation);
            else if (next?.Status is NextStatus.Ended) return;
            else await Task.Delay(WaitOf(next), time, cancellation);
        }
    }

    // "Done" and "exhausted" may change while batches are still being written.
    private static TimeSpan WaitOf(NextResponse? next)
    {
        var asked = TimeSpan.FromSeconds(Math.Max(1, next?.RetryAfterSeconds ?? 1));
        return asked < longestWait ? asked : longestWait;
    }

    private async Task<NextResponse?> AskAsync(CancellationToken cancellation)
    {
        try
        {
            return await client.NextAsync(cancellation);
        }
        catch (HttpRequestException e)
        {
            LogFailed(id, "next", e.Message);
            return null;
        }
    }

    private async Task RankAsync(TaskView task, CancellationToken cancellation)
    {
        var order = Choice.Rank(task, habit, id, seed);
        var ranking = new RankingRequest(
            RankingOutcome.Ranked, [.. order.Select(answer => (IReadOnlyList<string>)[answer])], [.. task.Answers.Select(answer => answer.Id)],
            ActiveSeconds: Choice.Seconds(habit, id, task.Comparison, seed), GuidelinesVersion: task.Guidelines);
        try
        {
            await client.RankAsync(task.Comparison, ranking, cancellation);
        }
        catch (HttpRequestException e) when (e.StatusCode is null or >= HttpStatusCode.InternalServerError or HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests)
        {
            // The task is still this annotator's until its lease runs out; it is served again.
            LogFailed(id, $"ranking {task.Comparison}", e.Message);
            await Task.Delay(TimeSpan.FromSeconds(1), time, cancellation);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Simulated annotator {Annotator}: {Operation} failed: {Error}")]
    private partial void LogFailed(AnnotatorId annotator, string operation, string error);
}
