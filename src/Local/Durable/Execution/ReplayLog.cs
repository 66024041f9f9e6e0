using Rlhf.Orchestrations;

namespace Rlhf.Local.Durable;

/// <summary>Numbers an orchestrator's actions. While replaying, each must be the one that history has under its number; afterwards it is new, and collected.</summary>
internal sealed class ReplayLog(string instanceId)
{
    private readonly Dictionary<int, HistoryEvent> recorded = [];
    private readonly List<OrchestratorAction> fresh = [];

    public bool IsReplaying { get; private set; }

    /// <summary>The first difference found. Kept, since the orchestrator's own code may catch the exception.</summary>
    public NonDeterministicException? Difference { get; private set; }

    private int NextStep { get; set; }

    /// <summary>Takes in what history says was done.</summary>
    public void BeginReplay(IEnumerable<HistoryEvent> history)
    {
        IsReplaying = true;
        foreach (var action in history.Where(e => e.IsAction)) recorded.Add(action.Step!.Value, action);
    }

    /// <exception cref="NonDeterministicException">History has steps that the code did not take.</exception>
    public void EndReplay()
    {
        if (NextStep < recorded.Count) throw Differs(NextStep, "nothing");
        IsReplaying = false;
    }

    /// <summary>The next step's number is taken; <paramref name="action"/> gets it.</summary>
    /// <exception cref="NonDeterministicException">History has another action, or none, under this number.</exception>
    public int Take(HistoryKind kind, string name, Func<int, OrchestratorAction> action)
    {
        var step = NextStep++;
        if (!IsReplaying) fresh.Add(action(step));
        else if (!recorded.TryGetValue(step, out var before) || before.Kind != kind || before.Name != name) throw Differs(step, Describe(kind, name));
        return step;
    }

    /// <exception cref="NonDeterministicException">Something came back for a step that the code has not taken.</exception>
    public void CheckTaken(int step)
    {
        if (step >= NextStep) throw Differs(step, "nothing");
    }

    /// <summary>The orchestrator returned while history goes on.</summary>
    public NonDeterministicException EndedEarly() => Differs(NextStep, "the end");

    public List<OrchestratorAction> TakeFresh()
    {
        var actions = fresh.ToList();
        fresh.Clear();
        return actions;
    }

    private NonDeterministicException Differs(int step, string found) =>
        Difference ??= new(instanceId, step, recorded.TryGetValue(step, out var e) ? Describe(e.Kind, e.Name!) : "nothing", found);

    private static string Describe(HistoryKind kind, string name) => $"{kind} {name}".TrimEnd();
}
