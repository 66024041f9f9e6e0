using Rlhf.Campaigns;
using Rlhf.Orchestrations;

namespace Rlhf.LabelStudio.Server;

/// <summary>Keeps a batch and its Label Studio server together while the batch waits. A server that is away or refuses stands on the campaign as its trouble and stops nothing: the form goes on, and it is tried again at the next look.</summary>
public sealed class StudioKeeper(StudioSync sync, CampaignStore campaigns, TimeProvider time)
{
    private const string Codes = "label-studio-";

    public async Task KeepAsync(Campaign campaign, BatchId batch, CancellationToken cancellation)
    {
        if (campaign.Settings.LabelStudio is null) return;
        try
        {
            await sync.KeepAsync(campaign, batch, cancellation);
            if (IsOurs(campaign.Trouble)) await campaigns.UpdateAsync(campaign.Id, c => IsOurs(c.Trouble) ? c with { Trouble = null } : c, cancellation);
        }
        catch (RlhfException e) when (e.Code.StartsWith(Codes, StringComparison.Ordinal))
        {
            await campaigns.UpdateAsync(campaign.Id, c => CampaignTroubles.Meet(c, StepFailure.Of(e), time.GetUtcNow()), cancellation);
        }
    }

    private static bool IsOurs(CampaignTrouble? trouble) => trouble?.Code.StartsWith(Codes, StringComparison.Ordinal) == true;
}
