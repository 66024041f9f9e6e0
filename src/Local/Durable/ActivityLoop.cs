using System.Collections.Concurrent;
using System.Text.Json;
using Rlhf.Json;
using Rlhf.Orchestrations;
using Rlhf.Telemetry;

namespace Rlhf.Local.Durable;

/// <summary>Runs activities. Only a stored result ends one, so each runs at least once.</summary>
internal sealed class ActivityLoop(DurableStore store, StepRegistry steps, IServiceProvider services, ILoggerFactory loggers)
{
    private readonly ILogger logger = loggers.CreateLogger<ActivityLoop>();
    private readonly ConcurrentDictionary<long, (string Instance, CancellationTokenSource Stop)> running = [];

    /// <returns>Whether the instance has a message now.</returns>
    public async Task<bool> RunAsync(WorkItem work, Func<string, Func<Task<bool>>, Task<bool>> persist, CancellationToken stopping)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        running[work.Id] = (work.Step.Instance, stop);
        try
        {
            if (!await persist(work.Step.Instance, () => Task.FromResult(store.HasWork(work.Id)))) return false;
            var (kind, payload) = await ExecuteAsync(work, stop.Token);
            return await persist(work.Step.Instance, () => store.CompleteWorkAsync(work, kind, payload));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            running.TryRemove(work.Id, out _);
        }
    }

    /// <summary>Asks the running activities of a terminated instance to stop; their results count for nothing.</summary>
    public void Cancel(string instance)
    {
        foreach (var (id, activity) in running)
        {
            if (activity.Instance != instance || !running.ContainsKey(id)) continue;
            try
            {
                activity.Stop.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has just ended by itself.
            }
        }
    }

    private async Task<(HistoryKind Kind, string? Payload)> ExecuteAsync(WorkItem work, CancellationToken cancellation)
    {
        using var span = EngineSpans.Run(work);
        IDisposable? log = null;
        try
        {
            await using var scope = services.CreateAsyncScope();
            var activity = Create(work.Activity, scope.ServiceProvider);
            var input = Payloads.Read(work.Input, activity.InputType);
            var ids = WorkIds.OfStep(work.Step.Instance, input);
            ids.Tag(span);
            log = logger.BeginScope(ids);
            var output = await activity.RunAsync(input, cancellation);
            return (HistoryKind.StepCompleted, Payloads.Write(output, $"The output of {work.Activity}"));
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            logger.ActivityFailed(e, work.Activity, work.Step.Instance);
            var failure = StepFailure.Of(e);
            EngineSpans.Fail(span, failure);
            return (HistoryKind.StepFailed, JsonSerializer.Serialize(failure, RlhfJson.Options));
        }
        finally
        {
            log?.Dispose();
        }
    }

    private IActivity Create(string name, IServiceProvider scope)
    {
        if (steps.Activities.TryGetValue(name, out var type)) return (IActivity)ActivatorUtilities.CreateInstance(scope, type);
        throw new RlhfException("unknown-activity", $"There is no activity '{name}'.", "Register it, or start a version of the program that has it.");
    }
}
