using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Rlhf.Functions.Durable;
using Rlhf.Orchestrations;

namespace Rlhf.Functions.Steps;

/// <summary>EvaluateModel and its activities.</summary>
public sealed class EvaluationSteps(ActivityRunner activities)
{
    [Function(nameof(EvaluateModel))]
    public static Task<object?> EvaluateModel([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<EvaluateModel>(context);

    [Function(nameof(PlanEvaluation))]
    public Task<JsonElement?> PlanEvaluation([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<PlanEvaluation>(input, client, cancellation);

    [Function(nameof(AnswerTestPrompts))]
    public Task<JsonElement?> AnswerTestPrompts([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<AnswerTestPrompts>(input, client, cancellation);

    [Function(nameof(JudgeModels))]
    public Task<JsonElement?> JudgeModels([ActivityTrigger] JsonElement input, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        activities.RunAsync<JudgeModels>(input, client, cancellation);
}
