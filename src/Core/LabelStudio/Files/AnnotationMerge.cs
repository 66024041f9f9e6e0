using System.Text.Json.Nodes;
using Rlhf.Labeling;
using Rlhf.Preferences.Imports;

namespace Rlhf.LabelStudio.Files;

/// <summary>A result with our own meta beside it. What the result has a place for counts as it stands there now: somebody may have changed it, and the meta may be there still. The meta says the rest.</summary>
internal static class AnnotationMerge
{
    /// <param name="said">What the result says.</param>
    /// <param name="isEmpty">Nothing is chosen in it.</param>
    /// <param name="kept">What the meta says.</param>
    /// <param name="at">When the annotation was last changed, if it was.</param>
    public static ImportedRanking Merge(ImportedRanking said, bool isEmpty, AnnotationMeta meta, ImportedRanking kept, DateTimeOffset? at)
    {
        var now = Choice(said, isEmpty, meta.IsWhole, kept) with { Fields = Fields(said.Fields, kept.Fields) };
        return IsSame(now, kept) ? kept : now with { SubmittedAt = at ?? kept.SubmittedAt };
    }

    public static bool IsSame(ImportedRanking a, ImportedRanking b) =>
        IsSameChoice(a, b) && a.Strength == b.Strength && RankingField.Spelled(a.Fields) == RankingField.Spelled(b.Fields);

    private static ImportedRanking Choice(ImportedRanking said, bool isEmpty, bool isWhole, ImportedRanking kept)
    {
        // Empty as it went out: the template has no word for what was said.
        if (isEmpty && !isWhole) return kept;
        var strength = said.Strength ?? (!isWhole && IsSameChoice(said, kept) ? kept.Strength : null);
        return kept with { Outcome = said.Outcome, Tiers = said.Tiers, Strength = strength };
    }

    private static IReadOnlyList<RankingField>? Fields(IReadOnlyList<RankingField>? said, IReadOnlyList<RankingField>? kept) =>
        said is null ? null : [.. said.Select(field => kept?.FirstOrDefault(k => IsSame(k, field)) ?? field)];

    private static bool IsSame(RankingField a, RankingField b) =>
        a.Name == b.Name && a.Type.Equals(b.Type, StringComparison.OrdinalIgnoreCase) && JsonNode.DeepEquals(a.Value, b.Value);

    private static bool IsSameChoice(ImportedRanking a, ImportedRanking b) => a.Outcome == b.Outcome && Spelled(a) == Spelled(b);

    private static string Spelled(ImportedRanking ranking) => string.Join('>', ranking.Tiers.Select(tier => string.Join('=', tier.Order())));
}
