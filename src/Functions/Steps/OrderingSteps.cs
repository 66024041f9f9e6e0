using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Rlhf.Functions.Durable;
using Rlhf.Orchestrations;

namespace Rlhf.Functions.Steps;

/// <summary>OrderCampaign and its activity.</summary>
public sealed class OrderingSteps(ActivityRunner activities)
{
    [Function(nameof(OrderCampaign))]
    public static Task<object?> OrderCampaign([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<OrderCampaign>(context);

    [Function(nameof(OrderComparisons))]
    public Task<JsonElement?> OrderComparisons([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<OrderComparisons>(input, client, cancellation);
}
