using Rlhf.Campaigns;
using Rlhf.Generation.Jobs;
using Rlhf.Judging;
using Rlhf.Training;

namespace Rlhf.Orchestrations;

public sealed record AnswerTestPromptsInput(CampaignId Campaign, RunId Run, string Contender, int Window);

/// <param name="IsPending">A job is writing them; ask again later.</param>
/// <param name="IsCancelled">Nobody wants them any more.</param>
public sealed record AnswerTestPromptsResult(int Window, bool IsPending = false, bool IsCancelled = false);

/// <summary>One window of a contender's answers. Idempotent: written once.</summary>
public sealed class AnswerTestPrompts(CampaignStore campaigns, RunStore runs, EvaluationStore evaluations) : Activity<AnswerTestPromptsInput, AnswerTestPromptsResult>
{
    public override async Task<AnswerTestPromptsResult> RunAsync(AnswerTestPromptsInput input, CancellationToken cancellation)
    {
        var run = await runs.GetAsync(input.Run, cancellation);
        if (run.State == RunState.Cancelled) return new(input.Window, IsCancelled: true);
        var settings = (await campaigns.GetAsync(input.Campaign, cancellation)).Settings;
        try
        {
            await evaluations.AnswerAsync(run, settings, input.Contender, input.Window, cancellation);
            return new(input.Window);
        }
        catch (AnswersPendingException)
        {
            return new(input.Window, IsPending: true);
        }
    }
}
