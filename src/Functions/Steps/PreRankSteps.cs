using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Rlhf.Functions.Durable;
using Rlhf.Orchestrations;

namespace Rlhf.Functions.Steps;

/// <summary>PreRank and its activities.</summary>
public sealed class PreRankSteps(ActivityRunner activities)
{
    [Function(nameof(PreRank))]
    public static Task<object?> PreRank([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<PreRank>(context);

    [Function(nameof(PreRankBatch))]
    public Task<JsonElement?> PreRankBatch([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<PreRankBatch>(input, client, cancellation);

    [Function(nameof(HandInVotes))]
    public Task<JsonElement?> HandInVotes([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<HandInVotes>(input, client, cancellation);
}
