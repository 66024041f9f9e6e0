using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Rlhf.Functions.Durable;
using Rlhf.Orchestrations;

namespace Rlhf.Functions.Steps;

/// <summary>LabelBatch and its activities.</summary>
public sealed class BatchSteps(ActivityRunner activities)
{
    [Function(nameof(LabelBatch))]
    public static Task<object?> LabelBatch([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<LabelBatch>(context);

    [Function(nameof(BeginBatch))]
    public Task<JsonElement?> BeginBatch([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<BeginBatch>(input, client, cancellation);

    [Function(nameof(GenerateAnswers))]
    public Task<JsonElement?> GenerateAnswers([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<GenerateAnswers>(input, client, cancellation);

    [Function(nameof(PauseCampaign))]
    public Task<JsonElement?> PauseCampaign([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<PauseCampaign>(input, client, cancellation);

    [Function(nameof(PublishBatch))]
    public Task<JsonElement?> PublishBatch([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<PublishBatch>(input, client, cancellation);

    [Function(nameof(LookAtBatch))]
    public Task<JsonElement?> LookAtBatch([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<LookAtBatch>(input, client, cancellation);

    [Function(nameof(EndBatch))]
    public Task<JsonElement?> EndBatch([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<EndBatch>(input, client, cancellation);
}
