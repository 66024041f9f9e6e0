using Rlhf.Campaigns;
using Rlhf.Training;

namespace Rlhf.Orchestrations;

public sealed record CompleteRoundInput(CampaignId Campaign, int Round, int NextBatch, bool MayTrain);

public sealed record CompleteRoundResult(bool StartedRun);

/// <summary>All batches of the round are done: starts its run where the campaign wants one, and completes the campaign otherwise.</summary>
public sealed class CompleteRound(CampaignStore campaigns, RunService runs) : Activity<CompleteRoundInput, CompleteRoundResult>
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
        await campaigns.UpdateAsync(input.Campaign, c => CampaignTransitions.Allows(c.State, CampaignOperation.Complete)
            ? CampaignTransitions.Apply(c, CampaignOperation.Complete, reason) : c, cancellation);
        return new(StartedRun: false);
    }

    /// <summary>Why the round ended without a model, for the campaign's page; null where it has one or needs none.</summary>
    private static string? ReasonOf(Run? run) =>
        run is { State: RunState.Failed, Error: { } error } ? $"The run '{run.Id}' failed: {error.Message} {error.Remedy}" : null;
}
