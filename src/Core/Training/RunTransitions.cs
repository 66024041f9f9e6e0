using static Rlhf.Training.RunState;

namespace Rlhf.Training;

public enum RunOperation { Start, Succeed, Fail, Cancel }

/// <summary>The one table through which a run's state moves.</summary>
public static class RunTransitions
{
    private static readonly Dictionary<(RunState From, RunOperation Operation), RunState> Table = new()
    {
        [(Queued, RunOperation.Start)] = Running,
        [(Running, RunOperation.Start)] = Running,
        [(Running, RunOperation.Succeed)] = Succeeded,
        [(Succeeded, RunOperation.Succeed)] = Succeeded,
        [(Queued, RunOperation.Fail)] = Failed,
        [(Running, RunOperation.Fail)] = Failed,
        [(Failed, RunOperation.Fail)] = Failed,
        [(Queued, RunOperation.Cancel)] = Cancelled,
        [(Running, RunOperation.Cancel)] = Cancelled,
        [(Cancelled, RunOperation.Cancel)] = Cancelled,
    };

    private static readonly Dictionary<RunOperation, RunState> Targets = new()
    {
        [RunOperation.Start] = Running,
        [RunOperation.Succeed] = Succeeded,
        [RunOperation.Fail] = Failed,
        [RunOperation.Cancel] = Cancelled,
    };

    public static bool Allows(RunState from, RunOperation operation) => Table.ContainsKey((from, operation));

    /// <exception cref="IllegalTransitionException">The run's state does not allow it.</exception>
    public static Run Apply(Run run, RunOperation operation)
    {
        if (!Table.TryGetValue((run.State, operation), out var to))
            throw new IllegalTransitionException($"The run '{run.Id}'", run.State.ToString().ToLowerInvariant(),
                Targets[operation].ToString().ToLowerInvariant(), operation.ToString().ToLowerInvariant(), "A run that ended stays as it is; start another one.");
        return run with { State = to };
    }
}
