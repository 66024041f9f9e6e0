namespace Rlhf.Training;

/// <summary>How a run's row ends; one that has ended stays as it is.</summary>
internal static class RunEnds
{
    public static Run Fail(Run run, RunError error, DateTimeOffset at) =>
        run.HasEnded ? run : RunTransitions.Apply(run, RunOperation.Fail) with { Error = error, EndedAt = at };

    public static Run Succeed(Run run, DateTimeOffset at) => run.HasEnded ? run : RunTransitions.Apply(run, RunOperation.Succeed) with { EndedAt = at };
}
