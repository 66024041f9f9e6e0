using System.Text.Json.Nodes;
using Rlhf.Judging;
using Rlhf.Labeling;
using Rlhf.Labeling.Serving;
using Rlhf.Orchestrations;

namespace Rlhf.Campaigns;

/// <summary>Changes a campaign's settings while it goes on, and has what was derived by them follow. Each change may be sent again: what follows is done again then.</summary>
public sealed class SettingsService(
    CampaignStore campaigns, BatchStore batches, ComparisonStore comparisons, RankingStore rankings, OpenStore open, RankingSettlement settlement, BatchResults results, CampaignSignals signals, TimeProvider time)
{
    /// <param name="patch">The members to change (<see cref="SettingsPatch"/>).</param>
    /// <param name="version">What the caller saw; a change of another version is refused. Null: whatever they are now.</param>
    /// <param name="by">For the history.</param>
    /// <exception cref="RlhfException"><c>settings-changed</c> (412), <c>invalid-settings</c>, <c>setting-fixed</c>, with the field; or the campaign is cancelled.</exception>
    public async Task<Campaign> ChangeAsync(CampaignId id, JsonObject patch, string? version, string by, CancellationToken cancellation = default)
    {
        var campaign = await campaigns.UpdateAsync(id, c => Changed(c, patch, version, by, time.GetUtcNow()), cancellation);
        if (SettingsPatch.Names(patch, "overlap", "sharing")) await AskAsync(campaign, cancellation);
        if (SettingsPatch.Names(patch, "voting", "trainOn")) await results.RefreshAllAsync(id, cancellation);
        if (SettingsPatch.Names(patch, "ordering", "rankingBudget") && campaign.Settings.IsFollowed) await signals.FollowAsync(id, cancellation);
        // They look at the server's tasks by themselves, but only now and then.
        if (SettingsPatch.Names(patch, "labelStudio"))
            foreach (var batch in (await batches.ListAsync(id, cancellation)).Where(b => !b.HasEnded)) await signals.WakeAsync(batch.Id, cancellation);
        return campaign;
    }

    private static Campaign Changed(Campaign campaign, JsonObject patch, string? version, string by, DateTimeOffset now)
    {
        CampaignTransitions.Apply(campaign, CampaignOperation.ChangeSettings);
        var before = ChangeableSettings.Of(campaign.Settings);
        var after = SettingsPatch.Apply(before, patch);
        // What has the caller's values already may be its own earlier call, whose consequences were cut off.
        if (version is not null && version != before.GetVersion() && after.GetVersion() != before.GetVersion())
            throw new RlhfException("settings-changed", $"The settings of '{campaign.Id}' have been changed since they were read.", "Read them again, and send what is still to be changed.", 412);
        var settings = after.PutInto(campaign.Settings);
        CampaignSettingsRules.Check(settings);
        return campaign.WithSettings(settings, by, now);
    }

    /// <summary>What is open is asked of as many annotators as it would be if it were published now, however many there are, but of no more than it was published with; batches look at who is still asked.</summary>
    private async Task AskAsync(Campaign campaign, CancellationToken cancellation)
    {
        var going = (await batches.ListAsync(campaign.Id, cancellation)).Where(b => !b.HasEnded).ToList();
        var wanted = await ReadWantedAsync(campaign, going, cancellation);
        await open.LowerAsync(campaign.Id, row => wanted.TryGetValue(row.Comparison, out var w) ? w.Annotators : row.Overlap, cancellation);
        // What a lower number took from the others, whether their rows stand there yet or left with what they had by then.
        var lacking = wanted.Values.Where(w => w.IsOpen).ToDictionary(w => w.Comparison.Id);
        await foreach (var page in open.ReadPagesAsync(campaign.Id, cancellation))
            foreach (var row in page.Select(r => r.Row))
                if (lacking.TryGetValue(row.Comparison, out var w) && row.Overlap >= w.Annotators) lacking.Remove(row.Comparison);
        foreach (var one in lacking.Values) await settlement.AskAsync(campaign.Id, one.Comparison, one.Ranked);
        foreach (var batch in going) await signals.WakeAsync(batch.Id, cancellation);
    }

    private async Task<IReadOnlyDictionary<ComparisonId, Wanted>> ReadWantedAsync(Campaign campaign, IReadOnlyList<Batch> going, CancellationToken cancellation)
    {
        var limits = new OverlapLimits(campaign.Settings.Overlap, campaign.Settings.Sharing, int.MaxValue, int.MaxValue) { LeftOut = campaign.ExcludedAnnotators };
        var wanted = new Dictionary<ComparisonId, Wanted>();
        foreach (var batch in going)
        {
            if (await comparisons.FindPublishedAsync(campaign.Id, batch.Id, cancellation) is not { Closed: null }) continue;
            var ranked = (await rankings.ReadBatchAsync(batch.Id, cancellation)).ToLookup(r => r.Comparison);
            foreach (var comparison in limits.Of(await comparisons.ReadBatchAsync(campaign.Id, batch.Id, cancellation)))
                wanted[comparison.Id] = new(comparison, [.. ranked[comparison.Id]]);
        }
        return wanted;
    }

    /// <param name="Comparison">As it is asked now.</param>
    /// <param name="Ranked">Its rankings.</param>
    private sealed record Wanted(Comparison Comparison, IReadOnlyList<Ranking> Ranked)
    {
        public int Annotators => BatchProgress.Asked(Comparison, BatchProgress.Counted(Comparison, Ranked));

        public bool IsOpen => BatchProgress.Of(Comparison, Ranked).State == ComparisonState.Open;
    }
}
