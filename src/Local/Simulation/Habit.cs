namespace Rlhf.Local.Simulation;

/// <summary>What a simulated annotator does besides following the rule; stated wherever it ranks.</summary>
/// <param name="Temperature">τ in σ(Δ/τ), in the rule's units: the higher, the more often the worse answer is preferred.</param>
/// <param name="LeftBonus">Added to whatever is shown first, in the rule's units.</param>
/// <param name="LengthBonus">Added for every ten words.</param>
/// <param name="Seconds">Active time it reports for a comparison, on average. It does not wait: the time is said, not spent.</param>
public sealed record Habit(string Name, string Description, double Temperature, double LeftBonus, double LengthBonus, double Seconds)
{
    public static IReadOnlyList<Habit> All { get; } =
    [
        new("careful", "follows the rule closely", 0.6, 0, 0, 9),
        new("hasty", "errs more often", 1.6, 0, 0, 2.5),
        new("left-leaning", "prefers what is shown first", 1.0, 0.8, 0, 5),
        new("fond-of-length", "prefers the longer answer", 1.0, 0, 0.5, 7),
    ];

    /// <summary>The habit of the n-th annotator, from 0: all of them in turn.</summary>
    public static Habit Of(int annotator) => All[annotator % All.Count];
}
