using System.Text.Json;
using System.Text.Json.Nodes;
using Rlhf.Json;

namespace Rlhf.Campaigns;

/// <summary>A setting was changed.</summary>
/// <param name="By">Who, as the host knows its owners; <c>pipeline</c> where nobody did.</param>
/// <param name="Setting">Its path, e.g. <c>sharing.share</c>.</param>
/// <param name="From">As JSON; null where there was nothing.</param>
public sealed record SettingsChange(DateTimeOffset At, string By, string Setting, string? From, string? To)
{
    /// <summary>Where the host does not tell its owners apart.</summary>
    public const string Owner = "owner";

    public const string Pipeline = "pipeline";
}

/// <summary>Who changed which setting when, on the campaign's row, so that a change and its note are one write.</summary>
public static class SettingsHistory
{
    /// <summary>Changes kept: they share a row with the settings.</summary>
    public const int Kept = 20;

    private const int LongestValue = 40;

    /// <summary>The campaign with other settings, and what became other of them.</summary>
    public static Campaign WithSettings(this Campaign campaign, CampaignSettings settings, string by, DateTimeOffset at)
    {
        var changes = Between(campaign.Settings, settings).Select(c => new SettingsChange(at, by, c.Setting, c.From, c.To)).ToList();
        return campaign with { Settings = settings, Changes = [.. campaign.Changes.Concat(changes).TakeLast(Kept)] };
    }

    private static IEnumerable<(string Setting, string? From, string? To)> Between(CampaignSettings before, CampaignSettings after)
    {
        var (from, to) = (Leaves(before), Leaves(after));
        return from.Keys.Union(to.Keys).Select(name => (name, from.GetValueOrDefault(name), to.GetValueOrDefault(name))).Where(c => c.Item2 != c.Item3);
    }

    private static Dictionary<string, string> Leaves(CampaignSettings settings)
    {
        var leaves = new Dictionary<string, string> { ["guidelinesVersion"] = $"{settings.GuidelinesVersion}" };
        Collect(JsonSerializer.SerializeToNode(ChangeableSettings.Of(settings), RlhfJson.Options)!.AsObject(), "", leaves);
        return leaves;
    }

    private static void Collect(JsonObject node, string prefix, Dictionary<string, string> leaves)
    {
        foreach (var (name, value) in node)
        {
            if (value is JsonObject part) Collect(part, $"{prefix}{name}.", leaves);
            else if (value is not null) leaves[prefix + name] = Short(value.ToJsonString(RlhfJson.Options));
        }
    }

    private static string Short(string text) => text.Length > LongestValue ? text[..LongestValue] + "…" : text;
}
