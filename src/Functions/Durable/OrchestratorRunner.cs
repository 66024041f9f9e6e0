using System.Text.Json;
using Microsoft.DurableTask;
using Rlhf.Json;
using Rlhf.Orchestrations;

namespace Rlhf.Functions.Durable;

/// <summary>Runs one of Core's orchestrators as an orchestrator function.</summary>
internal static class OrchestratorRunner
{
    /// <exception cref="StepError">Why the orchestrator failed.</exception>
    public static Task<object?> RunAsync<TOrchestrator>(TaskOrchestrationContext context) where TOrchestrator : IOrchestrator, new()
    {
        var ours = new DurableContext(context);
        // As JSON: Durable would read it by other options than ours.
        var running = RunAsync(new TOrchestrator(), ours, context.GetInput<JsonElement?>());
        if (running.IsCompleted || ours.IsWaiting) return running;
        // It awaits something, and nothing of its context's: nobody would ever wake it.
        return Task.FromException<object?>(new StepError(new ForeignAwaitException(context.InstanceId)));
    }

    private static async Task<object?> RunAsync(IOrchestrator orchestrator, DurableContext context, JsonElement? input)
    {
        try
        {
            var output = await orchestrator.RunAsync(context, input is { } json ? json.Deserialize(orchestrator.InputType, RlhfJson.Options) : Payloads.Read(null, orchestrator.InputType));
            Payloads.Write(output, $"The output of '{context.InstanceId}'");
            return output;
        }
        catch (Exception e)
        {
            throw new StepError(e);
        }
    }
}
