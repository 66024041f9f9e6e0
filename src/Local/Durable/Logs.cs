namespace Rlhf.Local.Durable;

internal static partial class Logs
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Durable engine started on {File}: {Instances} instances, {Work} activities and {Timers} timers go on")]
    public static partial void Started(this ILogger logger, string file, int instances, int work, int timers);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Orchestration {Instance} ({Orchestrator}) failed: {Reason}")]
    public static partial void OrchestrationFailed(this ILogger logger, string instance, string orchestrator, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Activity {Activity} of {Instance} failed")]
    public static partial void ActivityFailed(this ILogger logger, Exception exception, string activity, string instance);

    [LoggerMessage(Level = LogLevel.Error, Message = "Could not store the progress of {Instance}; trying again in {Delay}")]
    public static partial void StoreFailed(this ILogger logger, Exception exception, string instance, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The durable engine met an error of its own; what it was doing goes on at the next start")]
    public static partial void LoopFailed(this ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} activities did not stop in time; they run again at the next start")]
    public static partial void ActivitiesLeft(this ILogger logger, int count);
}
