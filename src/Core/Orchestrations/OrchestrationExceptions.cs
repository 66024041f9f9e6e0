namespace Rlhf.Orchestrations;

/// <summary>An activity or a sub-orchestration failed, after its retries.</summary>
public sealed class StepFailedException(string step, StepFailure failure) : Exception($"{step} failed: {failure.Message}")
{
    public string Step { get; } = step;

    public StepFailure Failure { get; } = failure;
}

/// <summary>No event of the awaited name came in time.</summary>
public sealed class WaitTimedOutException(string name, TimeSpan timeout) : Exception($"No event '{name}' within {timeout}.")
{
    public string Name { get; } = name;
}

/// <summary>An instance with this id is running already.</summary>
public sealed class DuplicateInstanceException(string instanceId) : Exception($"The orchestration '{instanceId}' is running already.");

public sealed class InstanceNotFoundException(string instanceId) : Exception($"There is no orchestration '{instanceId}'.");

/// <summary>An orchestrator awaited something that is not its context's, so its continuation ran elsewhere.</summary>
public sealed class ForeignAwaitException(string instanceId)
    : InvalidOperationException($"The orchestrator of '{instanceId}' awaited a task that is not its context's. Only what the context returns may be awaited; put other work into an activity.");

/// <summary>The orchestrator's code no longer does what its history says it did.</summary>
/// <param name="step">Number of the step in this execution, from 0.</param>
public sealed class NonDeterministicException(string instanceId, int step, string recorded, string found)
    : InvalidOperationException($"The orchestrator of '{instanceId}' no longer follows its history: at step {step} it did '{found}', but the history says '{recorded}'. Deploy the earlier code for running instances, or terminate and start this one again.")
{
    public int Step { get; } = step;
}
