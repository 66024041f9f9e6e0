using System.Diagnostics;
using Rlhf.Orchestrations;
using Rlhf.Telemetry;

namespace Rlhf.Local.Durable;

/// <summary>Where a step of work came from, as W3C traceparents.</summary>
/// <param name="Parent">The orchestration's span.</param>
/// <param name="Cause">The event that woke the orchestration, which may belong to another trace.</param>
internal sealed record StepTrace(string? Parent, string? Cause);

/// <summary>The engine's spans, named as Durable names its own. They are opened where something happens for the first time and never while replaying.</summary>
/// <remarks>An orchestration may live for weeks and outlive this process, so it has two: <c>orchestration:X</c> around its first episode, which all that follows has as its parent
/// (its traceparent is stored with the instance), and <c>orchestration_end:X</c> when it ends, as long as its whole life.</remarks>
internal static class EngineSpans
{
    public static Activity? Create(string orchestrator, string instance) =>
        Describe(RlhfTelemetry.Source.StartActivity($"create_orchestration:{orchestrator}", ActivityKind.Producer), "orchestration", orchestrator, instance);

    public static Activity? Raise(string name, string target)
    {
        var span = RlhfTelemetry.Source.StartActivity($"orchestration_event:{name}", ActivityKind.Producer);
        WorkIds.OfInstance(target).Tag(span);
        return span?.SetTag(Tags.TaskType, "event").SetTag(Tags.TaskName, name).SetTag(Tags.EventTarget, target);
    }

    public static Activity? Begin(InstanceRow row) =>
        Describe(Start($"orchestration:{row.Instance.Orchestrator}", row.Trace), "orchestration", row.Instance.Orchestrator, row.Instance.InstanceId);

    /// <param name="ended">As it was stored.</param>
    public static void End(InstanceRow ended)
    {
        var (instance, name) = (ended.Instance, $"orchestration_end:{ended.Instance.Orchestrator}");
        using var span = Describe(Start(name, ended.Trace, instance.CreatedAt), "orchestration", instance.Orchestrator, instance.InstanceId);
        span?.SetTag(Tags.TaskStatus, instance.Status.ToString());
        if (instance.Failure is { } failure) Fail(span, failure);
        span?.SetEndTime(instance.LastUpdatedAt.UtcDateTime);
    }

    public static Activity? Run(WorkItem work)
    {
        ActivityLink[]? links = Parse(work.Trace?.Cause) is { } cause ? [new(cause)] : null;
        return Describe(Start($"activity:{work.Activity}", work.Trace?.Parent, default, links), "activity", work.Activity, work.Step.Instance);
    }

    /// <summary>What failed, by its name. Messages stay in the log: they may quote what people wrote.</summary>
    public static void Fail(Activity? span, StepFailure failure) =>
        span?.SetTag(Tags.ErrorType, failure.ErrorCode ?? failure.ErrorType).SetStatus(ActivityStatusCode.Error, failure.ErrorCode ?? failure.ErrorType);

    /// <summary>What was not stored did not happen: it comes again, with a span of its own.</summary>
    public static void Forget(Activity? span)
    {
        if (span is not null) span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }

    private static Activity? Start(string name, string? parent, DateTimeOffset startedAt = default, ActivityLink[]? links = null) =>
        RlhfTelemetry.Source.StartActivity(name, ActivityKind.Server, Parse(parent) ?? default, links: links, startTime: startedAt);

    private static ActivityContext? Parse(string? traceparent) =>
        traceparent is not null && ActivityContext.TryParse(traceparent, null, isRemote: true, out var context) ? context : null;

    private static Activity? Describe(Activity? span, string type, string name, string instance)
    {
        if (span is null) return null;
        WorkIds.OfInstance(instance).Tag(span);
        return span.SetTag(Tags.TaskType, type).SetTag(Tags.TaskName, name).SetTag(Tags.TaskInstance, instance);
    }
}
