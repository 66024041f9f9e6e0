using Rlhf.Labeling;

namespace Rlhf.Campaigns;

/// <summary>How far a campaign is, for pages and the terminal. Counts, never contents.</summary>
/// <param name="PromptsGenerated">Prompts whose answers were asked for.</param>
/// <param name="ComparisonsDropped">Prompts that got no comparison, by reason, e.g. <c>identical-answers</c>, <c>content-filter</c>.</param>
/// <param name="Closed">Comparisons that ended without their rankings, by reason, e.g. <c>skipped</c>, <c>deadline</c>.</param>
/// <param name="Agreement">How often two annotators of one comparison prefer the same answer (raw, ties are half); null without overlap.</param>
/// <param name="Alpha">Krippendorff's alpha (nominal, on which answer won); null without overlap.</param>
/// <param name="Exhausted">Open comparisons that everybody with a valid invite has judged: they wait until somebody else is invited.</param>
public sealed record CampaignProgress(
    CampaignId Campaign, CampaignState State, string? Reason, int Round, PromptCounts Prompts, int PromptsGenerated, int Comparisons, int Open, int Complete,
    IReadOnlyDictionary<string, int> Closed, IReadOnlyDictionary<string, int> ComparisonsDropped, IReadOnlyDictionary<AnnotatorKind, int> Rankings,
    int Ties, int BothBad, int Skips, int Pairs, int TrainPairs, double? Agreement, double? Alpha, long AnswerTokens, IReadOnlyList<string> Warnings, int Exhausted)
{
    /// <summary>Those of <see cref="Rankings"/> that came in files, not through the form.</summary>
    public IReadOnlyDictionary<AnnotatorKind, int> Imported { get; init; } = new Dictionary<AnnotatorKind, int>();

    /// <summary>Comparisons of batches that ended that have no ranking left since annotators were left out: nobody is asked any more, but a reviewer.</summary>
    public int Lost { get; init; }

    /// <summary>Answer pairs of one text, which give no preference.</summary>
    public int Identical { get; init; }
}

public sealed record PromptCounts(int Train, int Validation, int Test)
{
    public int All => Train + Validation + Test;
}
