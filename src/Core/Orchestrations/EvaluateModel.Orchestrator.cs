namespace Rlhf.Orchestrations;

/// <summary>Has each contender answer the test prompts and puts the answers before the campaign's judge.</summary>
/// <remarks>Where people judge, it opens their batch and ends: the verdict comes with that batch.</remarks>
public sealed class EvaluateModel : Orchestrator<RunStep, bool>
{
    /// <summary>Windows answered at a time; they share one machine's processors.</summary>
    private const int Concurrency = 2;

    /// <summary>How soon answers that a job writes are asked for again.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestLook = TimeSpan.FromMinutes(5);

    public override async Task<bool> RunAsync(IOrchestrationContext context, RunStep input)
    {
        var plan = await context.CallActivityAsync<EvaluationPlan>(nameof(PlanEvaluation), input, Retries.Storage);
        var steps = plan.Contenders.SelectMany(c => Enumerable.Range(0, plan.Windows), (contender, window) => new AnswerTestPromptsInput(input.Campaign, input.Run, contender, window));
        foreach (var chunk in steps.Chunk(Concurrency))
            if (!await AnswerAsync(context, chunk)) return true;
        var judged = await context.CallActivityAsync<JudgeModelsResult>(nameof(JudgeModels), input, Retries.Storage);
        if (judged.IsOpen) context.SendEvent(input.Campaign.Value, EventNames.CampaignChanged, null);
        return !judged.IsOpen;
    }

    /// <returns>False where the run was cancelled meanwhile.</returns>
    private static async Task<bool> AnswerAsync(IOrchestrationContext context, IReadOnlyList<AnswerTestPromptsInput> steps)
    {
        for (var (open, look) = (steps, FirstLook); open.Count > 0; look = Waits.Longer(look, LongestLook))
        {
            var answered = await Task.WhenAll(open.Select(step => context.CallActivityAsync<AnswerTestPromptsResult>(nameof(AnswerTestPrompts), step, Retries.Storage)));
            if (answered.Any(a => a.IsCancelled)) return false;
            open = [.. open.Where((_, i) => answered[i].IsPending)];
            if (open.Count > 0) await context.CreateTimer(look);
        }
        return true;
    }
}
