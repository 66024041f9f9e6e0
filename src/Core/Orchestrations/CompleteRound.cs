using Rlhf.Campaigns;
using Rlhf.Prompts;
using Rlhf.Training;

namespace Rlhf.Orchestrations;

/// <param name="Cursor">Behind the prompts that were asked.</param>
public sealed record CompleteRoundInput(CampaignId Campaign, int Round, int NextBatch, PromptCursor Cursor, bool MayTrain);

public sealed record CompleteRoundResult(bool StartedRun);

/// <summary>All batches of the round are done: starts its run where the campaign wants one, and completes the campaign otherwise.</summary>
public sealed class CompleteRound(CampaignStore campaigns, PromptStore prompts, RunService runs) : Activity<CompleteRoundInput, CompleteRoundResult>
{
    public override async Task<CompleteRoundResult> RunAsync(CompleteRoundInput input, CancellationToken cancellation)
    {
        var campaign = await campaigns.GetAsync(input.Campaign, cancellation);
        var trigger = $"round-{input.Round}-{input.NextBatch}";
        string? reason = null;
        if (campaign.Settings.TrainWhenLabeled && input.MayTrain)
        {
            try
            {
                await runs.StartAsync(input.Campaign, trigger, cancellation);
                return new(StartedRun: true);
            }
            catch (RlhfException e) when (!e.IsTransient)
            {
                reason = $"{e.Message} {e.Remedy}";
            }
        }
        reason ??= ReasonOf((await runs.ListAsync(input.Campaign, cancellation)).FirstOrDefault(r => r.Trigger == trigger));
        campaign = await campaigns.UpdateAsync(input.Campaign, c => CampaignTransitions.Allows(c.State, CampaignOperation.Complete)
            ? CampaignTransitions.Apply(c, CampaignOperation.Complete, reason) : c, cancellation);
        // Prompts that came meanwhile were announced while the campaign was still active, so nobody else opens it again for them.
        if (campaign.ClosedAt is null && (await prompts.TakeAsync(input.Campaign, input.Cursor, 1, cancellation)).Count > 0)
            await campaigns.UpdateAsync(input.Campaign, c => c.State == CampaignState.Completed ? CampaignTransitions.Apply(c, CampaignOperation.AddPrompts) : c, cancellation);
        return new(StartedRun: false);
    }

    /// <summary>Why the round ended without a model, for the campaign's page; null where it has one or needs none.</summary>
    private static string? ReasonOf(Run? run) =>
        run is { State: RunState.Failed, Error: { } error } ? $"The run '{run.Id}' failed: {error.Message} {error.Remedy}" : null;
}
