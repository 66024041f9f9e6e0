using System.Globalization;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Rlhf.Training.Launching.ContainerApps;

/// <summary>Tries a call again, but a start only where the service said that it did nothing: one whose answer was lost may have started an execution, and that one is looked for first.</summary>
internal sealed class ArmRetryPolicy(TimeSpan longestRetryAfter)
    : RetryPolicy(maxRetries: 3, DelayStrategy.CreateExponentialDelayStrategy(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10)))
{
    private const int TooManyRequests = 429;

    protected override bool ShouldRetry(HttpMessage message, Exception? exception) => MayRepeat(message, exception) && base.ShouldRetry(message, exception);

    protected override async ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
        MayRepeat(message, exception) && await base.ShouldRetryAsync(message, exception);

    private bool MayRepeat(HttpMessage message, Exception? exception)
    {
        var status = exception is null && message.HasResponse ? message.Response.Status : 0;
        if (message.Request.Method == RequestMethod.Post && status != TooManyRequests) return false;
        return status == 0 || RetryAfterOf(message.Response) is not { } wait || wait <= longestRetryAfter;
    }

    /// <summary>Seconds, or a date (zero where it has passed: clocks differ); null where nothing is said.</summary>
    public static TimeSpan? RetryAfterOf(Azure.Response response)
    {
        if (!response.Headers.TryGetValue("Retry-After", out var value)) return null;
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return TimeSpan.FromSeconds(seconds);
        if (!DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out var at)) return null;
        var wait = at - TimeProvider.System.GetUtcNow();
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }
}
