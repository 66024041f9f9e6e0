namespace Rlhf;

/// <summary>The moves that a thing's state may make, each by a named operation.</summary>
/// <remarks>An operation that arrives twice (a retried POST, a doubled signal) should find its own target state and stay there: list that move too.</remarks>
public sealed class TransitionTable<TState, TOperation>(IReadOnlyDictionary<(TState From, TOperation Operation), TState> moves)
    where TState : struct, Enum where TOperation : struct, Enum
{
    public bool Allows(TState from, TOperation operation) => moves.ContainsKey((from, operation));

    /// <exception cref="IllegalTransitionException">The table has no such move.</exception>
    public TState Move(string thing, TState from, TOperation operation, string remedy) =>
        moves.TryGetValue((from, operation), out var to) ? to : throw new IllegalTransitionException(thing, Name(from), Target(operation), Name(operation), remedy);

    private string Target(TOperation operation) => Name(moves.First(m => EqualityComparer<TOperation>.Default.Equals(m.Key.Operation, operation)).Value);

    private static string Name<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
