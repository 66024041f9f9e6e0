using Rlhf.Campaigns;

namespace Rlhf.Web.Contracts;

/// <summary>Answer to <c>GET</c> and <c>PATCH /api/campaigns/{campaign}/settings</c>.</summary>
/// <param name="Version">Stands in the ETag too; as <c>If-Match</c> of a change it says what the change goes on from.</param>
/// <param name="Changes">The latest first.</param>
public sealed record SettingsResponse(ChangeableSettings Settings, string Version, IReadOnlyList<SettingsChange> Changes)
{
    public static SettingsResponse Of(Campaign campaign)
    {
        var settings = ChangeableSettings.Of(campaign.Settings);
        return new(settings, settings.GetVersion(), [.. campaign.Changes.Reverse()]);
    }
}
