using Rlhf.Judging;
using Rlhf.Labeling;
using Rlhf.Labeling.Agreement;
using Rlhf.Labeling.Checks;
using Rlhf.Labeling.Quality;
using Rlhf.Preferences;
using Rlhf.Prompts;

namespace Rlhf.Web.Contracts;

/// <summary>Answer to <c>GET /api/campaigns/{campaign}/quality</c>: how annotators and generators do, for the owner only.</summary>
/// <param name="Agreement">Of rankings that pairs are made from: the campaign's kinds of annotators, nobody left out.</param>
/// <param name="Generators">The strongest first; empty where there is one only.</param>
/// <param name="Reviews">Comparisons that wait for a reviewer.</param>
/// <param name="Voting">How several rankings become pairs.</param>
/// <param name="At">When it was counted.</param>
public sealed record QualityResponse(
    AgreementFigures Agreement, IReadOnlyList<GeneratorStanding> Generators, IReadOnlyList<AnnotatorView> Annotators, PairVoting Voting, int Reviews, DateTimeOffset At);

/// <param name="Name">As invited; null where the annotator has no invite or no name.</param>
/// <param name="PausedAt">Since when nothing is asked; null where tasks go on.</param>
/// <param name="IsExcluded">Whether the rankings are left out of pairs, verdicts and agreement.</param>
public sealed record AnnotatorView(AnnotatorFigures Figures, string? Name, DateTimeOffset? PausedAt, bool IsExcluded)
{
    /// <summary>Practice that was too little: there are no tasks until the owner lets the annotator pass. Null otherwise.</summary>
    public PracticeResult? FailedPractice { get; init; }
}

/// <summary>Body of <c>POST /api/campaigns/{campaign}/gold</c>: a comparison whose answer is known.</summary>
/// <param name="Prompt">One user message; or <paramref name="Messages"/>.</param>
/// <param name="Tiers">Numbers of the answers, from 1, from best to worst; none with bothBad.</param>
/// <param name="Explanation">Why; shown after a practice comparison.</param>
/// <param name="Practice">Served before the first real task, with feedback; otherwise among the others, once to each annotator.</param>
public sealed record GoldRequest(
    IReadOnlyList<string> Answers, IReadOnlyList<IReadOnlyList<int>>? Tiers = null, string? Prompt = null, IReadOnlyList<Message>? Messages = null,
    RankingOutcome Outcome = RankingOutcome.Ranked, string? Explanation = null, bool Practice = false);

/// <summary>Body of <c>POST /api/campaigns/{campaign}/gold/promote</c>.</summary>
/// <param name="Count">How many at most, 1..50.</param>
public sealed record PromoteRequest(int Count = 10);

public sealed record GoldListResponse(IReadOnlyList<GoldView> Gold);

/// <param name="IsConsensus">Made of a comparison that annotators agreed on, which gives no pairs since.</param>
/// <param name="Judged">Annotators who judged it; <paramref name="Right"/> of them as known.</param>
public sealed record GoldView(
    ComparisonId Comparison, IReadOnlyList<Message> Messages, IReadOnlyList<string> Answers, RankingOutcome Outcome, IReadOnlyList<IReadOnlyList<int>> Tiers, string? Explanation,
    bool IsPractice, bool IsConsensus, int Judged, int Right);
