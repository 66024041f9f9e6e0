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
        string? reason = null;
        if (campaign.Settings.TrainWhenLabeled && input.MayTrain)
        {
            try
            {
                await runs.StartAsync(input.Campaign, $"round-{input.Round}-{input.NextBatch}", cancellation);
                return new(StartedRun: true);
            }
            catch (RlhfException e) when (!e.IsTransient)
            {
                reason = $"{e.Message} {e.Remedy}";
            }
        }
        await campaigns.UpdateAsync(input.Campaign, c => CampaignTransitions.Allows(c.State, CampaignOperation.Complete)
            ? CampaignTransitions.Apply(c, CampaignOperation.Complete, reason) : c, cancellation);
        return new(StartedRun: false);
    }
}
