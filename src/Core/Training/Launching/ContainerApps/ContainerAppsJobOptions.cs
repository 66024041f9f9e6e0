using Azure.Core;

namespace Rlhf.Training.Launching.ContainerApps;

/// <summary>The trainer as a Container Apps job, started once for each run.</summary>
public sealed record ContainerAppsJobOptions
{
    /// <summary>The job's ARM resource id: <c>/subscriptions/…/resourceGroups/…/providers/Microsoft.App/jobs/&lt;name&gt;</c>.</summary>
    public required string Job { get; init; }

    /// <summary>Azure Resource Manager; another one in sovereign clouds.</summary>
    public Uri Management { get; init; } = new("https://management.azure.com");

    /// <summary>Longest <c>Retry-After</c> that is waited for within a call; a longer one is left to the caller's own retries.</summary>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a start that was accepted (202) may take to name its execution.</summary>
    public TimeSpan StartPatience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>An execution that is still said to run so long after the job's <c>replicaTimeout</c> is stuck: the platform should have ended it.</summary>
    public TimeSpan DeadlineGrace { get; init; } = TimeSpan.FromMinutes(10);

    /// <exception cref="RlhfException"><c>trainer-job-invalid</c>.</exception>
    internal ResourceIdentifier JobId()
    {
        if (ResourceIdentifier.TryParse(Job, out var id) && id!.ResourceType == "Microsoft.App/jobs" && id.SubscriptionId is not null && id.ResourceGroupName is not null) return id;
        throw new RlhfException("trainer-job-invalid", $"{AppSettings.TrainerJob} is '{Job}', which is no Container Apps job's resource id.",
            "Set it to /subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.App/jobs/<name>, or unset it to train in a child process.");
    }
}
