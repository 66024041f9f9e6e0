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
        if (LabelTemplates.Of(campaign.Settings) is not { } template || template.Verdict is not null) return Always;
        return
        [
            .. Always,
            $"This campaign's template has no <Choices name=\"{VerdictWords.FieldName}\">: in Label Studio a tie and both bad are annotations without a choice, and how much better an answer is stands nowhere. 'meta' keeps all of it for a later import here, and nothing else reads that.",
        ];
    }
}
