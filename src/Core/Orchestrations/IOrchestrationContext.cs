using Microsoft.Extensions.Logging;

namespace Rlhf.Orchestrations;

/// <summary>What an orchestrator may touch: nothing else. Named and behaving like Durable's TaskOrchestrationContext.</summary>
/// <remarks>
/// The contract, one test a line, the same on every host:
/// only the context's own tasks are awaited, on one thread, and a continuation elsewhere throws <see cref="ForeignAwaitException"/> (Durable sees one that makes no call only
/// where nothing of the context's is awaited beside it, so the analyzer's rule is what counts);
/// at most one waiter a name, cancelled by its token when abandoned;
/// the newest waiter gets the event; events nobody waits for yet are kept, in order; names that differ by case only are one name;
/// a wait that times out throws <see cref="WaitTimedOutException"/>, a failed activity or sub-orchestration <see cref="StepFailedException"/>;
/// time, ids and randomness come from here, so that a replay sees the same;
/// inputs, outputs and events are at most <see cref="Payloads.MaximumBytes"/> of JSON, and what is larger fails with its size;
/// code that no longer does what its history says fails the instance with <see cref="NonDeterministicException"/>, naming the step.
/// </remarks>
public interface IOrchestrationContext
{
    string InstanceId { get; }

    /// <summary>The same instant in every replay.</summary>
    DateTimeOffset CurrentUtcDateTime { get; }

    bool IsReplaying { get; }

    /// <summary>The same sequence of ids in every replay.</summary>
    Guid NewGuid();

    /// <summary>A logger that is silent while replaying.</summary>
    ILogger CreateReplaySafeLogger(string category);

    Task<TOutput> CallActivityAsync<TOutput>(string name, object? input, StepOptions? options = null);

    Task<TOutput> CallSubOrchestratorAsync<TOutput>(string name, object? input, StepOptions? options = null);

    /// <summary>Waits for the next event of this name, which may already be there.</summary>
    Task<T> WaitForExternalEvent<T>(string name, CancellationToken cancellation = default);

    /// <exception cref="WaitTimedOutException">No event came in time.</exception>
    Task<T> WaitForExternalEvent<T>(string name, TimeSpan timeout, CancellationToken cancellation = default);

    /// <summary>A durable timer; a host whose queues count whole seconds may fire it up to one too early. Cancel the ones that are abandoned: a host may keep an orchestration running until its last timer is due.</summary>
    Task CreateTimer(TimeSpan delay, CancellationToken cancellation = default);

    /// <summary>Sends an event to another instance; lost if that one does not exist.</summary>
    void SendEvent(string instanceId, string name, object? payload);

    /// <summary>Counters for people to look at, <see cref="Payloads.MaximumCustomStatusCharacters"/> of JSON at most.</summary>
    void SetCustomStatus(object? status);

    /// <summary>Starts the instance again with a new input and an empty history once the orchestrator returns. Events nobody has read are kept, their order may not be.</summary>
    void ContinueAsNew(object? input);
}

/// <param name="Retry">Null: no retry.</param>
/// <param name="InstanceId">For sub-orchestrations only.</param>
public sealed record StepOptions(StepRetryPolicy? Retry = null, string? InstanceId = null);

/// <summary>How often a failed step is tried again. One that says of itself that trying again won't help is not.</summary>
/// <param name="Attempts">In all, the first one included; at least 1.</param>
/// <param name="HandlesErrorType">Whether an error of this type (full type name) is worth another attempt; null: every error is.</param>
public sealed record StepRetryPolicy(
    int Attempts, TimeSpan FirstDelay, double Backoff = 1, TimeSpan? MaximumDelay = null, Func<string, bool>? HandlesErrorType = null)
{
    /// <summary>How long to wait before the next attempt; null where the failure is final.</summary>
    /// <param name="attempt">The one that failed, from 1.</param>
    public TimeSpan? DelayAfter(int attempt, StepFailure failure)
    {
        if (attempt >= Attempts || !failure.IsTransient || HandlesErrorType?.Invoke(failure.ErrorType) == false) return null;
        var delay = FirstDelay * Math.Pow(Backoff, attempt - 1);
        return delay > MaximumDelay ? MaximumDelay : delay;
    }

    /// <summary>The loop of every host: attempts a step, with durable pauses in between, until it works or its failure is final.</summary>
    /// <param name="policy">Null: one attempt.</param>
    public static async Task<T> RunAsync<T>(StepRetryPolicy? policy, Func<Task<T>> attempt, Func<TimeSpan, Task> pause)
    {
        for (var number = 1; ; number++)
        {
            TimeSpan delay;
            try
            {
                return await attempt();
            }
            catch (StepFailedException e) when (policy?.DelayAfter(number, e.Failure) is { } wait)
            {
                delay = wait;
            }

            await pause(delay);
        }
    }
}
