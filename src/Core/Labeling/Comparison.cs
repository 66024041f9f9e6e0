using System.Text.Json.Serialization;
using Rlhf.Generation;
using Rlhf.Prompts;

namespace Rlhf.Labeling;

public enum ComparisonKind
{
    Ordinary,

    /// <summary>For judging models on test prompts; never training data.</summary>
    Test,

    /// <summary>Has a known answer (<see cref="Comparison.Gold"/>), to see how an annotator does; never training data.</summary>
    Gold,

    /// <summary>One that its annotator has judged before (<see cref="Comparison.RepeatOf"/>), sides swapped, to see whether the judgement holds; never training data.</summary>
    Repeat,
}

/// <summary>A prompt with K answers (2..9), in the file's own order; sides are shuffled per annotator when served.</summary>
/// <remarks>Bodies live in the batch's blob <c>campaigns/&lt;id&gt;/batches/&lt;batch&gt;.json</c>, never in rows or orchestration payloads.</remarks>
public sealed record Comparison(
    ComparisonId Id, BatchId Batch, Prompt Prompt, IReadOnlyList<Answer> Answers, ComparisonKind Kind, int Round, int Overlap)
{
    public const int OrdinaryPriority = 500;

    public const int LastPriority = 999;

    /// <summary>Annotators it is asked of where nobody disagrees and there are so many; at least <see cref="Overlap"/>, but for one that is asked of fewer because no more are there.</summary>
    public int Shared { get; init; } = Overlap;

    /// <summary>The most it is asked of, one more for each time no judgement has a majority.</summary>
    public int Most { get; init; } = Overlap;

    /// <summary>Annotators whose rankings are left out: they fill no place, so somebody else is asked. Known of a comparison as it is asked now (<see cref="OverlapLimits"/>), and never stored.</summary>
    [JsonIgnore]
    public IReadOnlyList<AnnotatorId> LeftOut { get; init; } = [];

    /// <summary>0..999: those of a lower number are served first, of one number in the order of their batches. Few numbers are better than many: annotators who ask together are spread over those of one.</summary>
    public int Priority { get; init; } = OrdinaryPriority;

    /// <summary>What its pairs weigh together; null is 1. Less where a file brought some pairs of a comparison alone.</summary>
    public double? Weight { get; init; }

    /// <summary>The known answer of a gold comparison.</summary>
    public GoldAnswer? Gold { get; init; }

    /// <summary>What a repeat repeats.</summary>
    public ComparisonId? RepeatOf { get; init; }
}

/// <summary>What an annotator should say of a gold comparison.</summary>
/// <param name="Outcome">Ranked or bothBad.</param>
/// <param name="Tiers">As a ranking's: answer ids from best to worst. Answers of one tier may be ranked either way.</param>
/// <param name="Explanation">Why; shown after practice.</param>
/// <param name="IsPractice">Served before the first real task only, with feedback.</param>
public sealed record GoldAnswer(RankingOutcome Outcome, IReadOnlyList<IReadOnlyList<string>> Tiers, string? Explanation = null, bool IsPractice = false);

public enum AnnotatorKind { Person, Simulated, Llm }

public enum RankingOutcome
{
    /// <summary><see cref="Ranking.Tiers"/> says which answers are better.</summary>
    Ranked,

    /// <summary>None is acceptable.</summary>
    BothBad,

    /// <summary>No judgement; after three the comparison closes.</summary>
    Skip,
}

/// <summary>One annotator's judgement of one comparison.</summary>
/// <param name="Tiers">From best to worst; answers of one tier are tied; answers left out count for nothing. Answer ids, not sides.</param>
/// <param name="ShownOrder">Answer ids as they were on the screen, left to right.</param>
/// <param name="Strength">K = 2 only: how much better, in steps of the campaign's scale; 1 is slightly.</param>
/// <param name="ActiveTime">Time the page was visible and the person active.</param>
/// <param name="Extra">Came after the comparison was complete or the campaign had ended: kept, not counted.</param>
/// <param name="Revision">1, then one more with each amendment.</param>
/// <param name="TooFast">In less active time than anybody needs to read the texts (<see cref="Campaigns.LabelFormSettings.TooFastPerThousandCharacters"/>). It counts all the same; the owner sees it.</param>
public sealed record Ranking(
    ComparisonId Comparison, BatchId Batch, AnnotatorId Annotator, AnnotatorKind AnnotatorKind, RankingOutcome Outcome,
    IReadOnlyList<IReadOnlyList<string>> Tiers, IReadOnlyList<string> ShownOrder, DateTimeOffset SubmittedAt,
    int? Strength = null, TimeSpan? ActiveTime = null, string? Comment = null, string? BetterAnswer = null, int GuidelinesVersion = 1,
    bool Extra = false, int Revision = 1, bool TooFast = false)
{
    /// <summary>When an amended one was submitted first; null where it never was amended.</summary>
    public DateTimeOffset? FirstSubmittedAt { get; init; }

    /// <summary>When the annotator first judged the comparison.</summary>
    [JsonIgnore]
    public DateTimeOffset MadeAt => FirstSubmittedAt ?? SubmittedAt;

    /// <summary>A reviewer's: it decides, and annotators' rankings of the comparison no longer count.</summary>
    public bool Decides { get; init; }

    /// <summary>What the campaign's label template asked beside it; null without one.</summary>
    public IReadOnlyList<RankingField>? Fields { get; init; }
}
