using System.Collections.Concurrent;
using Rlhf.Campaigns;
using Rlhf.Web.Contracts;

namespace Rlhf.LabelStudio.Templates;

/// <summary>Campaigns' templates, read once.</summary>
public static class LabelTemplates
{
    private const int Kept = 100;

    private static readonly ConcurrentDictionary<string, LabelTemplate> Known = new(StringComparer.Ordinal);

    /// <summary>Null where the campaign has none.</summary>
    public static LabelTemplate? Of(CampaignSettings settings)
    {
        if (settings.LabelTemplate is not { } xml) return null;
        if (Known.Count > Kept) Known.Clear();
        return Known.GetOrAdd(xml, TemplateReader.Read);
    }

    public static LabelTemplateView? ViewOf(CampaignSettings settings) =>
        Of(settings) is { } template ? new(template.Xml, template.Pairwise, template.Left, template.Right) : null;
}
