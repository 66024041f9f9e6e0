using System.Text.Json.Nodes;
using Rlhf.Judging;
using Rlhf.Labeling;
using Rlhf.Labeling.Serving;
using Rlhf.Orchestrations;

namespace Rlhf.Campaigns;

/// <summary>Changes a campaign's settings while it goes on, and has what was derived by them follow. Each change may be sent again: what follows is done again then.</summary>
public sealed class SettingsService(
    CampaignStore campaigns, BatchStore batches, ComparisonStore comparisons, RankingStore rankings, OpenStore open, BatchResults results, CampaignSignals signals, TimeProvider time)
{
    /// <param name="patch">The members to change (<see cref="SettingsPatch"/>).</param>
    /// <param name="version">What the caller saw; a change of another version is refused. Null: whatever they are now.</param>
    /// <param name="by">For the history.</param>
    /// <exception cref="RlhfException"><c>settings-changed</c> (412), <c>invalid-settings</c>, <c>setting-fixed</c>, with the field; or the campaign is cancelled.</exception>
    public async Task<Campaign> ChangeAsync(CampaignId id, JsonObject patch, string? version, string by, CancellationToken cancellation = default)
    {
        var campaign = await campaigns.UpdateAsync(id, c => Changed(c, patch, version, by, time.GetUtcNow()), cancellation);
        if (SettingsPatch.Names(patch, "overlap", "sharing")) await LowerAsync(campaign, cancellation);
        if (SettingsPatch.Names(patch, "voting", "trainOn")) await results.RefreshAllAsync(id, cancellation);
        if (SettingsPatch.Names(patch, "ordering", "rankingBudget") && campaign.Settings.IsFollowed) await signals.FollowAsync(id, cancellation);
        return campaign;
    }

    private static Campaign Changed(Campaign campaign, JsonObject patch, string? version, string by, DateTimeOffset now)
    {
        CampaignTransitions.Apply(campaign, CampaignOperation.ChangeSettings);
        var before = ChangeableSettings.Of(campaign.Settings);
        if (version is not null && version != before.GetVersion())
            throw new RlhfException("settings-changed", $"The settings of '{campaign.Id}' have been changed since they were read.", "Read them again, and send what is still to be changed.", 412);
        var settings = SettingsPatch.Apply(before, patch).PutInto(campaign.Settings);
        CampaignSettingsRules.Check(settings);
        return campaign.WithSettings(settings, by, now);
    }

    /// <summary>What is open asks for no more annotators than it would if it were published now, however many there are; batches look at who is still asked.</summary>
    private async Task LowerAsync(Campaign campaign, CancellationToken cancellation)
    {
        var limits = new OverlapLimits(campaign.Settings.Overlap, campaign.Settings.Sharing, int.MaxValue, int.MaxValue);
        var going = (await batches.ListAsync(campaign.Id, cancellation)).Where(b => !b.HasEnded).ToList();
        var asked = new Dictionary<ComparisonId, int>();
        foreach (var batch in going)
        {
            if (await comparisons.FindPublishedAsync(campaign.Id, batch.Id, cancellation) is null) continue;
            var counted = (await rankings.ReadBatchAsync(batch.Id, cancellation)).Where(r => r is { Extra: false, Outcome: not RankingOutcome.Skip }).ToLookup(r => r.Comparison);
            foreach (var comparison in limits.Of(await comparisons.ReadBatchAsync(campaign.Id, batch.Id, cancellation)))
                asked[comparison.Id] = BatchProgress.Asked(comparison, [.. counted[comparison.Id]]);
        }
        await open.LowerAsync(campaign.Id, row => asked.GetValueOrDefault(row.Comparison, row.Overlap), cancellation);
        foreach (var batch in going) await signals.WakeAsync(batch.Id, cancellation);
    }
}
