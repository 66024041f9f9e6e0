using Rlhf.Campaigns;
using Rlhf.LabelStudio.Results;
using Rlhf.LabelStudio.Templates;

namespace Rlhf.LabelStudio.Files;

/// <summary>What Label Studio has no place for.</summary>
internal static class StudioLosses
{
    private const string Late = "Skipped comparisons, and rankings that came when nobody was asked any more.";

    private const string Annotators = "In Label Studio all annotations are whoever's who imports the file; annotators' pseudonyms and kinds stand in 'meta' only.";

    public static IReadOnlyList<string> Always { get; } = [Late, Annotators];

    public static IReadOnlyList<string> Of(Campaign campaign)
    {
        if (LabelTemplates.Of(campaign.Settings) is not { } template) return Always;
        if (template.Verdict is not null) return Missing(template, LabelFormRules.MaximumStrength(campaign.Settings.Form)) is { Count: > 0 } missing ? [.. Always, Lacks(missing)] : Always;
        return
        [
            .. Always,
            $"This campaign's template has no <Choices name=\"{VerdictWords.FieldName}\">: in Label Studio a tie and both bad are annotations without a choice, and how much better an answer is stands nowhere. 'meta' keeps all of it for a later import here, and nothing else reads that.",
        ];
    }

    /// <summary>Words of what annotators may say here that the template's verdict does not offer.</summary>
    private static List<string> Missing(LabelTemplate template, int strengths) => [.. VerdictWords.UpTo(strengths).Except(template.Words)];

    private static string Lacks(List<string> words) =>
        $"The '{VerdictWords.FieldName}' of this campaign's template does not offer {string.Join(", ", words.Select(w => $"'{w}'"))}: in Label Studio nothing says so. 'meta' keeps it for a later import here, and nothing else reads that.";
}
