using System.Collections.Concurrent;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.LabelStudio.Results;
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

    /// <summary>What a ranking has beside its choice, as the campaign's template asks it; null where that is nothing.</summary>
    public static IReadOnlyList<RankingField>? FieldsOf(Ranking ranking, CampaignSettings settings)
    {
        var verdict = Of(settings)?.Verdict is { } field && VerdictWords.For(ranking) is { } word ? VerdictWords.ToField(word, field.To) : null;
        return verdict is null ? ranking.Fields : [.. ranking.Fields ?? [], verdict];
    }

    public static LabelTemplateView? ViewOf(CampaignSettings settings) =>
        Of(settings) is { } template ? new(template.Xml, template.Pairwise, template.Left, template.Right) : null;
}
