namespace Rlhf.Orchestrations;

public static class OrchestrationClientExtensions
{
    /// <returns>Whether it was started; false where it is running already.</returns>
    public static async Task<bool> TryScheduleAsync(
        this IOrchestrationClient client, string orchestrator, object? input, string instanceId, CancellationToken cancellation = default)
    {
        try
        {
            await client.ScheduleAsync(orchestrator, input, instanceId, cancellation);
            return true;
        }
        catch (DuplicateInstanceException)
        {
            return false;
        }
    }
}
