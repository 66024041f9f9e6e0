using Rlhf.Storage;

namespace Rlhf.Campaigns;

/// <summary>A campaign's guidelines by version: rankings say which one they followed. The newest stands in the settings; earlier ones in <c>campaigns/&lt;id&gt;/guidelines/&lt;version&gt;.txt</c>.</summary>
public sealed class GuidelinesStore(CampaignStore campaigns, IBlobStore blobs, TimeProvider time)
{
    /// <summary>Puts new guidelines in the place of the old ones, as the next version; the same text changes nothing. What is on somebody's screen goes on under the old ones.</summary>
    /// <exception cref="RlhfException"><c>campaign-not-found</c> or <c>invalid-settings</c>.</exception>
    public async Task<Campaign> ChangeAsync(CampaignId id, string guidelines, string by = SettingsChange.Owner, CancellationToken cancellation = default)
    {
        while (true)
        {
            var before = (await campaigns.GetAsync(id, cancellation)).Settings;
            CampaignSettingsRules.Check(before with { Guidelines = guidelines });
            // First what would be lost; it is written once, since a version's text never changes.
            await blobs.WriteTextAsync(PathOf(id, before.GuidelinesVersion), before.Guidelines, WriteCondition.CreateOnly, cancellation);
            var after = await campaigns.UpdateAsync(id, c => Changed(c, before.GuidelinesVersion, guidelines, by, time.GetUtcNow()), cancellation);
            if (after.Settings.Guidelines == guidelines) return after;
        }
    }

    /// <exception cref="RlhfException"><c>no-such-version</c>.</exception>
    public async Task<string> ReadAsync(CampaignSettings settings, int version, CancellationToken cancellation = default) =>
        version == settings.GuidelinesVersion ? settings.Guidelines
        : await blobs.ReadTextAsync(PathOf(settings.Id, version), cancellation)
        ?? throw new RlhfException("no-such-version", $"The guidelines of '{settings.Id}' have no version {version}.", $"Ask for one of 1 to {settings.GuidelinesVersion}.", 404);

    private static Campaign Changed(Campaign campaign, int version, string guidelines, string by, DateTimeOffset now) =>
        campaign.Settings.GuidelinesVersion != version || campaign.Settings.Guidelines == guidelines ? campaign
        : campaign.WithSettings(campaign.Settings with { Guidelines = guidelines, GuidelinesVersion = version + 1 }, by, now);

    private static string PathOf(CampaignId campaign, int version) => $"campaigns/{campaign}/guidelines/{version}.txt";
}
