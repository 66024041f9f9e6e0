namespace Rlhf.Local.Durable;

/// <summary>How the embedded engine works.</summary>
public sealed record DurableSettings
{
    /// <summary>The SQLite file with instances and history; made if missing.</summary>
    public required string DatabasePath { get; init; }

    /// <summary>Activities that run at the same time.</summary>
    public int ActivityConcurrency { get; init; } = 8;

    /// <summary>Orchestrators that run at the same time.</summary>
    public int OrchestratorConcurrency { get; init; } = 2;

    /// <summary>How long stopping waits for running activities after asking them to stop. What did not end runs again at the next start.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <exception cref="RlhfException"><c>invalid-durable-settings</c>, with the value.</exception>
    public void Validate()
    {
        if (ActivityConcurrency < 1) throw Invalid($"ActivityConcurrency is {ActivityConcurrency}");
        if (OrchestratorConcurrency < 1) throw Invalid($"OrchestratorConcurrency is {OrchestratorConcurrency}");
    }

    private static RlhfException Invalid(string what) => new("invalid-durable-settings", $"{what}.", "It must be at least 1.");
}
