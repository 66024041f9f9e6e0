using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Rlhf.Functions.Durable;
using Rlhf.Orchestrations;

namespace Rlhf.Functions.Steps;

/// <summary>RunCampaign and its activities.</summary>
public sealed class CampaignSteps(ActivityRunner activities)
{
    [Function(nameof(RunCampaign))]
    public static Task<object?> RunCampaign([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<RunCampaign>(context);

    [Function(nameof(RecoverCampaign))]
    public Task<JsonElement?> RecoverCampaign([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<RecoverCampaign>(input, client, cancellation);

    [Function(nameof(LookAtCampaign))]
    public Task<JsonElement?> LookAtCampaign([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<LookAtCampaign>(input, client, cancellation);

    [Function(nameof(StartBatches))]
    public Task<JsonElement?> StartBatches([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<StartBatches>(input, client, cancellation);

    [Function(nameof(CompleteRound))]
    public Task<JsonElement?> CompleteRound([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<CompleteRound>(input, client, cancellation);
}
