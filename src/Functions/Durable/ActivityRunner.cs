using System.Text.Json;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Rlhf.Json;
using Rlhf.Orchestrations;

namespace Rlhf.Functions.Durable;

/// <summary>Runs one of Core's activities as an activity function, made anew from the invocation's services.</summary>
public sealed class ActivityRunner(IServiceProvider services, DurableClientHolder clients)
{
    /// <param name="client">What the activity's own use of orchestrations goes through.</param>
    /// <returns>JSON, so that nothing between here and the history has a say in how it is written.</returns>
    public async Task<JsonElement?> RunAsync<TActivity>(JsonElement input, DurableTaskClient client, CancellationToken cancellation) where TActivity : IActivity
    {
        clients.Use(client);
        try
        {
            var activity = ActivatorUtilities.CreateInstance<TActivity>(services);
            var output = await activity.RunAsync(input.Deserialize(activity.InputType, RlhfJson.Options), cancellation);
            return Payloads.Write(output, $"The output of {typeof(TActivity).Name}") is { } json ? JsonSerializer.Deserialize<JsonElement>(json) : null;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            throw new StepError(e);
        }
    }
}
