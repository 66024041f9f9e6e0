using static Rlhf.Training.RunState;

namespace Rlhf.Training;

public enum RunOperation { Start, Succeed, Fail, Cancel }

/// <summary>The one table through which a run's state moves.</summary>
public static class RunTransitions
{
    private static readonly TransitionTable<RunState, RunOperation> Table = new(new Dictionary<(RunState, RunOperation), RunState>
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
    });

    public static bool Allows(RunState from, RunOperation operation) => Table.Allows(from, operation);

    /// <exception cref="IllegalTransitionException">The run's state does not allow it.</exception>
    public static Run Apply(Run run, RunOperation operation) =>
        run with { State = Table.Move($"The run '{run.Id}'", run.State, operation, "A run that ended stays as it is; start another one.") };
}
