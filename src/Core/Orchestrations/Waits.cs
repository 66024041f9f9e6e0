namespace Rlhf.Orchestrations;

/// <summary>Waiting for a signal, but never only for a signal.</summary>
internal static class Waits
{
    /// <returns>Whether the signal came; false once the time is over.</returns>
    public static async Task<bool> ForSignalAsync(this IOrchestrationContext context, string name, TimeSpan atMost)
    {
        try
        {
            await context.WaitForExternalEvent<object?>(name, atMost);
            return true;
        }
        catch (WaitTimedOutException)
        {
            return false;
        }
    }

    /// <summary>The next wait while nothing happens: twice as long, up to a bound.</summary>
    public static TimeSpan Longer(TimeSpan wait, TimeSpan maximum) => wait * 2 < maximum ? wait * 2 : maximum;
}
