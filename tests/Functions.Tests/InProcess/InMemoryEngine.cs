using DurableTask.Core;
using Microsoft.DurableTask.Testing.Sidecar;

namespace Rlhf.Functions.Tests.InProcess;

/// <summary>The test host's store and queues, with the settings that a Functions host runs with.</summary>
internal sealed class InMemoryEngine : InMemoryOrchestrationService, IOrchestrationService, IOrchestrationServiceClient
{
    /// <summary>One a processor otherwise, and at that limit its dispatcher looks again only every half second.</summary>
    private const int Concurrency = 100;

    // What a Functions host does unless host.json's overridableExistingInstanceStates says otherwise; the test host would overwrite the one that runs.
    private static readonly OrchestrationStatus[] taken = [OrchestrationStatus.Pending, OrchestrationStatus.Running, OrchestrationStatus.Suspended];

    int IOrchestrationService.MaxConcurrentTaskOrchestrationWorkItems => Concurrency;

    int IOrchestrationService.MaxConcurrentTaskActivityWorkItems => Concurrency;

    Task IOrchestrationServiceClient.CreateTaskOrchestrationAsync(TaskMessage creationMessage, OrchestrationStatus[] dedupeStatuses) =>
        CreateTaskOrchestrationAsync(creationMessage, dedupeStatuses ?? taken);
}
