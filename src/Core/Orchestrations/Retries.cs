namespace Rlhf.Orchestrations;

/// <summary>How steps are tried again.</summary>
internal static class Retries
{
    /// <summary>Storage that is away comes back within minutes or a person has to look: about ten minutes in all.</summary>
    public static StepOptions Storage { get; } = new(new StepRetryPolicy(14, TimeSpan.FromSeconds(1), Backoff: 2, MaximumDelay: TimeSpan.FromMinutes(1)));
}
