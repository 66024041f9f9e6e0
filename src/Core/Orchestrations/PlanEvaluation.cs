using Rlhf.Campaigns;
using Rlhf.Judging;
using Rlhf.Training;

namespace Rlhf.Orchestrations;

/// <param name="Contenders">Empty where the run published no model.</param>
public sealed record EvaluationPlan(IReadOnlyList<string> Contenders, int Windows);

public sealed class PlanEvaluation(CampaignStore campaigns, RunStore runs, EvaluationStore evaluations, PipelineOptions options) : Activity<RunStep, EvaluationPlan>
{
    public override async Task<EvaluationPlan> RunAsync(RunStep input, CancellationToken cancellation)
    {
        var run = await runs.GetAsync(input.Run, cancellation);
        if (run.Results?.Model is null) return new([], 0);
        var settings = (await campaigns.GetAsync(input.Campaign, cancellation)).Settings;
        var prompts = await evaluations.ReadPromptsAsync(input.Run, settings.Judge, cancellation);
        return new(await evaluations.ListContendersAsync(run, settings.Judge, cancellation), (prompts.Count + options.GenerationWindow - 1) / options.GenerationWindow);
    }
}
