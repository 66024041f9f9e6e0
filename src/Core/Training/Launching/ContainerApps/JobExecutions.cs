using System.Text.Json.Serialization;

namespace Rlhf.Training.Launching.ContainerApps;

/// <summary>A page of <c>GET …/executions</c>. Only the last 100 executions are kept.</summary>
internal sealed record JobExecutionPage(IReadOnlyList<JobExecution> Value, string? NextLink = null);

/// <summary>One execution of the job, as Microsoft.App/jobs/executions says it.</summary>
internal sealed record JobExecution(string Name, JobExecutionProperties? Properties = null)
{
    private static readonly string[] Live = ["Running", "Processing"];

    public string Status => Properties?.Status ?? "Unknown";

    /// <summary>It runs, or may: the service says <c>Unknown</c> or <c>Degraded</c> of some that have not ended.</summary>
    public bool MayRun => Live.Contains(Status, StringComparer.OrdinalIgnoreCase)
        || (Properties?.EndTime is null && (string.Equals(Status, "Unknown", StringComparison.OrdinalIgnoreCase) || string.Equals(Status, "Degraded", StringComparison.OrdinalIgnoreCase)));

    /// <summary>Whether it was started for the job file.</summary>
    public bool IsFor(string jobFile) => Properties?.Template?.Containers?.Any(c => c.Env?.Any(e => e.Name == AppSettings.Job && e.Value == jobFile) == true) == true;

    public JobPhase Phase => Status.ToUpperInvariant() switch
    {
        "RUNNING" or "PROCESSING" => JobPhase.Running,
        "SUCCEEDED" => JobPhase.Succeeded,
        "FAILED" or "STOPPED" => JobPhase.Failed,
        "DEGRADED" when Properties?.EndTime is not null => JobPhase.Failed,
        _ => JobPhase.Unknown,
    };
}

/// <param name="Status">Running, Processing, Stopped, Degraded, Failed, Unknown or Succeeded.</param>
internal sealed record JobExecutionProperties(string? Status, DateTimeOffset? StartTime = null, DateTimeOffset? EndTime = null, JobExecutionTemplate? Template = null);

internal sealed record JobExecutionTemplate(IReadOnlyList<JobExecutionContainer>? Containers = null);

internal sealed record JobExecutionContainer(IReadOnlyList<JobEnvironmentVariable>? Env = null);

internal sealed record JobEnvironmentVariable(string Name, string? Value = null);

/// <summary>What <c>start</c> answers.</summary>
internal sealed record StartedExecution([property: JsonPropertyName("name")] string? Name = null, [property: JsonPropertyName("id")] string? Id = null)
{
    public string? Execution => Name ?? Id?.Split('/')[^1];
}
