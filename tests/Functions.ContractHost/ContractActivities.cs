using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Rlhf.Contracts.Orchestrations;
using Rlhf.Functions.Durable;

namespace Rlhf.Functions.ContractHost;

/// <summary>The activities of the contract suite, one function each.</summary>
public sealed class ContractActivities(ActivityRunner activities)
{
    [Function(nameof(Echo))]
    public Task<JsonElement?> Echo([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<Echo>(input, client, cancellation);

    [Function(nameof(Note))]
    public Task<JsonElement?> Note([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<Note>(input, client, cancellation);

    [Function(nameof(Fail))]
    public Task<JsonElement?> Fail([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<Fail>(input, client, cancellation);

    [Function(nameof(FailAtFirst))]
    public Task<JsonElement?> FailAtFirst([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<FailAtFirst>(input, client, cancellation);

    [Function(nameof(Hang))]
    public Task<JsonElement?> Hang([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<Hang>(input, client, cancellation);

    [Function(nameof(Big))]
    public Task<JsonElement?> Big([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<Big>(input, client, cancellation);
}
