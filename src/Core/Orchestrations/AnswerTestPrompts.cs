using Rlhf.Campaigns;
using Rlhf.Judging;
using Rlhf.Training;

namespace Rlhf.Orchestrations;

public sealed record AnswerTestPromptsInput(CampaignId Campaign, RunId Run, string Contender, int Window);

public sealed record AnswerTestPromptsResult(int Window);

/// <summary>One window of a contender's answers. Idempotent: written once.</summary>
public sealed class AnswerTestPrompts(CampaignStore campaigns, RunStore runs, EvaluationStore evaluations) : Activity<AnswerTestPromptsInput, AnswerTestPromptsResult>
{
    public override async Task<AnswerTestPromptsResult> RunAsync(AnswerTestPromptsInput input, CancellationToken cancellation)
    {
        var settings = (await campaigns.GetAsync(input.Campaign, cancellation)).Settings;
        await evaluations.AnswerAsync(await runs.GetAsync(input.Run, cancellation), settings, input.Contender, input.Window, cancellation);
        return new(input.Window);
    }
}
