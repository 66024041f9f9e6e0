using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Rlhf.Json;
using Rlhf.Orchestrations;

namespace Rlhf.Functions.Durable;

/// <summary>Core's orchestration client over Durable's.</summary>
/// <remarks>How a refusal arrives differs between versions of the host (an RPC status, an exception of the framework, "unknown"), so after one the instance itself is asked.</remarks>
internal sealed class DurableOrchestrationClient(DurableClientHolder holder) : IOrchestrationClient
{
    public async Task ScheduleAsync(string orchestrator, object? input, string instanceId, CancellationToken cancellation = default)
    {
        Payloads.Write(input, $"The input of '{instanceId}'");
        try
        {
            await holder.Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, new StartOrchestrationOptions(instanceId, null), cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (await GetAsync(instanceId, cancellation) is { HasEnded: false }) throw new DuplicateInstanceException(instanceId);
            throw;
        }
    }

    public async Task RaiseEventAsync(string instanceId, string name, object? payload = null, CancellationToken cancellation = default)
    {
        Payloads.Write(payload, $"The event '{name}' to '{instanceId}'");
        try
        {
            await holder.Client.RaiseEventAsync(instanceId, name, payload, cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var instance = await GetAsync(instanceId, cancellation) ?? throw new InstanceNotFoundException(instanceId);
            if (!instance.HasEnded) throw;
        }
    }

    public async Task<OrchestrationInstance?> GetAsync(string instanceId, CancellationToken cancellation = default) =>
        await holder.Client.GetInstanceAsync(instanceId, true, cancellation) is { } found ? Describe(found) : null;

    public async IAsyncEnumerable<OrchestrationInstance> ListAsync(string? instanceIdPrefix = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var query = new OrchestrationQuery { InstanceIdPrefix = instanceIdPrefix, FetchInputsAndOutputs = true };
        await foreach (var found in holder.Client.GetAllInstancesAsync(query).WithCancellation(cancellation)) yield return Describe(found);
    }

    public async Task TerminateAsync(string instanceId, string reason, CancellationToken cancellation = default)
    {
        try
        {
            await holder.Client.TerminateInstanceAsync(instanceId, new TerminateInstanceOptions(reason, false), cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (await GetAsync(instanceId, cancellation) is { HasEnded: false }) throw;
        }
    }

    public async Task<bool> PurgeAsync(string instanceId, CancellationToken cancellation = default) =>
        (await holder.Client.PurgeInstanceAsync(instanceId, new PurgeInstanceOptions(false), cancellation)).PurgedInstanceCount > 0;

    private static OrchestrationInstance Describe(OrchestrationMetadata found)
    {
        var status = StatusOf(found.RuntimeStatus);
        return new(found.InstanceId, found.Name, status, found.CreatedAt, found.LastUpdatedAt, found.SerializedInput,
            status == OrchestrationStatus.Completed ? found.SerializedOutput : null, found.SerializedCustomStatus is "null" ? null : found.SerializedCustomStatus, FailureOf(found));
    }

    private static OrchestrationStatus StatusOf(OrchestrationRuntimeStatus status) => status switch
    {
        OrchestrationRuntimeStatus.Pending => OrchestrationStatus.Pending,
        OrchestrationRuntimeStatus.Completed => OrchestrationStatus.Completed,
        OrchestrationRuntimeStatus.Failed => OrchestrationStatus.Failed,
        OrchestrationRuntimeStatus.Terminated => OrchestrationStatus.Terminated,
        // Suspended, or between two generations.
        _ => OrchestrationStatus.Running,
    };

    /// <summary>A host may give details or, as text in the output, only what the exception said; a termination's reason is always there.</summary>
    private static StepFailure? FailureOf(OrchestrationMetadata found) => found.RuntimeStatus switch
    {
        OrchestrationRuntimeStatus.Terminated => new("Terminated", ReadText(found.SerializedOutput) ?? "Terminated.", "terminated"),
        OrchestrationRuntimeStatus.Failed when found.FailureDetails is { } details => Failures.Of(details, ReadText(found.SerializedOutput) ?? "It failed."),
        OrchestrationRuntimeStatus.Failed => Failures.Of(ReadText(found.SerializedOutput) ?? "It failed."),
        _ => null,
    };

    private static string? ReadText(string? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize<string>(json, RlhfJson.Options);
        }
        catch (JsonException)
        {
            return json;
        }
    }
}
