namespace Rlhf.Orchestrations;

/// <summary>An orchestrator: deterministic code over its context. The type's name is its name on every host.</summary>
public abstract class Orchestrator<TInput, TOutput> : IOrchestrator
{
    public abstract Task<TOutput> RunAsync(IOrchestrationContext context, TInput input);

    Type IOrchestrator.InputType => typeof(TInput);

    async Task<object?> IOrchestrator.RunAsync(IOrchestrationContext context, object? input) => await RunAsync(context, (TInput)input!);
}

/// <summary>An activity: ordinary code, run at least once, so idempotent. One input and one result record, beside it. Made anew from DI for each call.</summary>
public abstract class Activity<TInput, TOutput> : IActivity
{
    public abstract Task<TOutput> RunAsync(TInput input, CancellationToken cancellation);

    Type IActivity.InputType => typeof(TInput);

    async Task<object?> IActivity.RunAsync(object? input, CancellationToken cancellation) => await RunAsync((TInput)input!, cancellation);
}

/// <summary>How a host that finds orchestrators by name runs one.</summary>
public interface IOrchestrator
{
    Type InputType { get; }

    Task<object?> RunAsync(IOrchestrationContext context, object? input);
}

/// <summary>How a host that finds activities by name runs one.</summary>
public interface IActivity
{
    Type InputType { get; }

    Task<object?> RunAsync(object? input, CancellationToken cancellation);
}

/// <summary>All orchestrators and activities by name (the type's name).</summary>
public sealed class StepRegistry
{
    private readonly Dictionary<string, Type> orchestrators = [];
    private readonly Dictionary<string, Type> activities = [];

    public IReadOnlyDictionary<string, Type> Orchestrators => orchestrators;

    public IReadOnlyDictionary<string, Type> Activities => activities;

    public StepRegistry AddOrchestrator<T>() where T : IOrchestrator
    {
        orchestrators.Add(typeof(T).Name, typeof(T));
        return this;
    }

    public StepRegistry AddActivity<T>() where T : IActivity
    {
        activities.Add(typeof(T).Name, typeof(T));
        return this;
    }
}
