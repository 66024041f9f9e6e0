using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Rlhf.Functions.Durable;
using Rlhf.Orchestrations;

namespace Rlhf.Functions.Steps;

/// <summary>TrainPolicy and its activities.</summary>
public sealed class RunSteps(ActivityRunner activities)
{
    [Function(nameof(TrainPolicy))]
    public static Task<object?> TrainPolicy([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<TrainPolicy>(context);

    [Function(nameof(BeginRun))]
    public Task<JsonElement?> BeginRun([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<BeginRun>(input, client, cancellation);

    [Function(nameof(FollowJob))]
    public Task<JsonElement?> FollowJob([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<FollowJob>(input, client, cancellation);

    [Function(nameof(EndRun))]
    public Task<JsonElement?> EndRun([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<EndRun>(input, client, cancellation);

    [Function(nameof(FailRun))]
    public Task<JsonElement?> FailRun([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<FailRun>(input, client, cancellation);
}
