using System.Diagnostics;
using System.Text.Json;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rlhf.Json;
using Rlhf.Orchestrations;
using Rlhf.Telemetry;

namespace Rlhf.Functions.Durable;

/// <summary>Runs one of Core's activities as an activity function, made anew from the invocation's services.</summary>
public sealed class ActivityRunner(IServiceProvider services, DurableClientHolder clients, ILogger<ActivityRunner> logger)
{
    /// <param name="client">What the activity's own use of orchestrations goes through.</param>
    /// <returns>JSON, so that nothing between here and the history has a say in how it is written.</returns>
    public async Task<JsonElement?> RunAsync<TActivity>(JsonElement input, DurableTaskClient client, CancellationToken cancellation) where TActivity : IActivity
    {
        clients.Use(client);
        try
        {
            var activity = ActivatorUtilities.CreateInstance<TActivity>(services);
            var read = input.Deserialize(activity.InputType, RlhfJson.Options);
            var ids = WorkIds.OfInput(read);
            ids.Tag(Activity.Current);
            using var scope = logger.BeginScope(ids);
            var output = await activity.RunAsync(read, cancellation);
            return Payloads.Write(output, $"The output of {typeof(TActivity).Name}") is { } json ? JsonSerializer.Deserialize<JsonElement>(json) : null;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            throw new StepError(e);
        }
    }
}
