using System.Diagnostics;
using System.Runtime.CompilerServices;
using Rlhf.Orchestrations;

namespace Rlhf.Local.Durable;

/// <summary>The engine's client. It works as soon as the engine exists; what it starts runs once the engine does.</summary>
public sealed class DurableClient(DurableEngine engine, TimeProvider time) : IOrchestrationClient
{
    private const int PageSize = 100;

    public async Task ScheduleAsync(string orchestrator, object? input, string instanceId, CancellationToken cancellation = default)
    {
        CheckId(instanceId);
        if (!engine.Steps.Orchestrators.ContainsKey(orchestrator))
            throw new RlhfException("unknown-orchestrator", $"There is no orchestrator '{orchestrator}'.", "Register it, or use the name of one that is.");
        var (now, json) = (time.GetUtcNow(), Payloads.Write(input, $"The input of '{instanceId}'"));
        var instance = new OrchestrationInstance(instanceId, orchestrator, OrchestrationStatus.Pending, now, now, json);
        using var span = EngineSpans.Create(orchestrator, instanceId);
        try
        {
            await engine.Store.CreateAsync(new(instance, EpisodeCommit.NewExecution(), null, Activity.Current?.Id), cancellation);
        }
        catch (DuplicateInstanceException)
        {
            EngineSpans.Forget(span);
            throw;
        }

        engine.Wake(instanceId);
    }

    public async Task RaiseEventAsync(string instanceId, string name, object? payload = null, CancellationToken cancellation = default)
    {
        var json = Payloads.Write(payload, $"The event '{name}' to '{instanceId}'");
        using var span = EngineSpans.Raise(name, instanceId);
        if (await engine.Store.RaiseAsync(instanceId, name, json, Activity.Current?.Id, cancellation)) engine.Wake(instanceId);
    }

    public Task<OrchestrationInstance?> GetAsync(string instanceId, CancellationToken cancellation = default) =>
        Task.FromResult(engine.Store.Find(instanceId)?.Instance);

    public async IAsyncEnumerable<OrchestrationInstance> ListAsync(
        string? instanceIdPrefix = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await Task.CompletedTask;
        var after = "";
        while (engine.Store.List(instanceIdPrefix ?? "", after, PageSize) is { Count: > 0 } page)
        {
            foreach (var row in page) yield return row.Instance;
            after = page[^1].Instance.InstanceId;
            cancellation.ThrowIfCancellationRequested();
        }
    }

    public async Task TerminateAsync(string instanceId, string reason, CancellationToken cancellation = default)
    {
        var failure = new StepFailure("Terminated", reason, "terminated");
        if (await engine.Store.TerminateAsync(instanceId, failure, time.GetUtcNow(), cancellation) is not { } ended) return;
        EngineSpans.End(ended);
        engine.CancelActivities(instanceId);
        if (ended.Parent is { } parent) engine.Wake(parent.Instance);
    }

    public Task<bool> PurgeAsync(string instanceId, CancellationToken cancellation = default) => engine.Store.PurgeAsync(instanceId, cancellation);

    private static void CheckId(string instanceId)
    {
        if (instanceId.Length is 0 or > 200 || instanceId.Any(char.IsControl))
            throw new RlhfException("invalid-instance-id", $"'{instanceId}' is not an instance id.", "Use 1 to 200 characters without control characters.");
    }
}
