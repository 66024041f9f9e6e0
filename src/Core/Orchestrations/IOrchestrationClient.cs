namespace Rlhf.Orchestrations;

/// <summary>Starts orchestrations and talks to them from outside. Named and behaving like Durable's DurableTaskClient.</summary>
public interface IOrchestrationClient
{
    /// <summary>Starts an instance. Of calls in the same instant more than one may be told that it did; one instance runs.</summary>
    /// <exception cref="DuplicateInstanceException">An instance with this id is running. The id of one that ended may be used again.</exception>
    Task ScheduleAsync(string orchestrator, object? input, string instanceId, CancellationToken cancellation = default);

    /// <summary>Delivers at least once; an instance that ended ignores it.</summary>
    /// <exception cref="InstanceNotFoundException">There is no such instance.</exception>
    Task RaiseEventAsync(string instanceId, string name, object? payload = null, CancellationToken cancellation = default);

    Task<OrchestrationInstance?> GetAsync(string instanceId, CancellationToken cancellation = default);

    IAsyncEnumerable<OrchestrationInstance> ListAsync(string? instanceIdPrefix = null, CancellationToken cancellation = default);

    /// <summary>Ends the instance without running its code again. Nothing happens if it has ended.</summary>
    Task TerminateAsync(string instanceId, string reason, CancellationToken cancellation = default);

    /// <summary>Forgets an instance that has ended. Says whether there was one.</summary>
    Task<bool> PurgeAsync(string instanceId, CancellationToken cancellation = default);
}

public enum OrchestrationStatus { Pending, Running, Completed, Failed, Terminated }

/// <param name="CustomStatus">JSON.</param>
/// <param name="Output">JSON.</param>
public sealed record OrchestrationInstance(
    string InstanceId, string Orchestrator, OrchestrationStatus Status, DateTimeOffset CreatedAt, DateTimeOffset LastUpdatedAt,
    string? Input = null, string? Output = null, string? CustomStatus = null, StepFailure? Failure = null)
{
    public bool HasEnded => Status is OrchestrationStatus.Completed or OrchestrationStatus.Failed or OrchestrationStatus.Terminated;
}

/// <summary>Why a step failed, in a form that survives a process and a replay.</summary>
/// <param name="ErrorType">Full type name of the exception.</param>
/// <param name="ErrorCode">The code, where it was an <see cref="RlhfException"/>.</param>
/// <param name="IsTransient">Whether the same step may work later: what an <see cref="RlhfException"/> says of itself, and any other error may.</param>
public sealed record StepFailure(
    string ErrorType, string Message, string? ErrorCode = null, string? Remedy = null, string? StackTrace = null, bool IsTransient = true)
{
    /// <summary>What is kept of an exception. A failed step's own code and remedy go with it, so that the reason reaches a person through any number of steps.</summary>
    public static StepFailure Of(Exception exception) => exception switch
    {
        RlhfException e => new(TypeOf(e), e.Message, e.Code, e.Remedy, e.StackTrace, e.IsTransient),
        StepFailedException e => new(TypeOf(e), e.Message, e.Failure.ErrorCode, e.Failure.Remedy, e.StackTrace, e.Failure.IsTransient),
        _ => new(TypeOf(exception), exception.Message, StackTrace: exception.StackTrace),
    };

    private static string TypeOf(Exception e) => e.GetType().FullName ?? e.GetType().Name;
}
