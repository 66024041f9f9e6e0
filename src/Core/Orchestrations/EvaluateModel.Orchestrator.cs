namespace Rlhf.Orchestrations;

/// <summary>Has each contender answer the test prompts and puts the answers before the campaign's judge.</summary>
/// <remarks>Where people judge, it opens their batch and ends: the verdict comes with that batch.</remarks>
public sealed class EvaluateModel : Orchestrator<RunStep, bool>
{
    /// <summary>Windows answered at a time; they share one machine's processors.</summary>
    private const int Concurrency = 2;

    public override async Task<bool> RunAsync(IOrchestrationContext context, RunStep input)
    {
        var plan = await context.CallActivityAsync<EvaluationPlan>(nameof(PlanEvaluation), input, Retries.Storage);
        var steps = plan.Contenders.SelectMany(c => Enumerable.Range(0, plan.Windows), (contender, window) => new AnswerTestPromptsInput(input.Campaign, input.Run, contender, window));
        foreach (var chunk in steps.Chunk(Concurrency))
            await Task.WhenAll(chunk.Select(step => context.CallActivityAsync<AnswerTestPromptsResult>(nameof(AnswerTestPrompts), step, Retries.Storage)));
        var judged = await context.CallActivityAsync<JudgeModelsResult>(nameof(JudgeModels), input, Retries.Storage);
        if (judged.IsOpen) context.SendEvent(input.Campaign.Value, EventNames.CampaignChanged, null);
        return !judged.IsOpen;
    }
}
