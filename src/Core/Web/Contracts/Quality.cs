using Rlhf.Judging;
using Rlhf.Labeling.Agreement;
using Rlhf.Labeling.Quality;
using Rlhf.Preferences;

namespace Rlhf.Web.Contracts;

/// <summary>Answer to <c>GET /api/campaigns/{campaign}/quality</c>: how annotators and generators do, for the owner only.</summary>
/// <param name="Agreement">Of rankings that pairs are made from: the campaign's kinds of annotators, nobody left out.</param>
/// <param name="Generators">The strongest first; empty where there is one only.</param>
/// <param name="Voting">How several rankings become pairs.</param>
/// <param name="At">When it was counted.</param>
public sealed record QualityResponse(
    AgreementFigures Agreement, IReadOnlyList<GeneratorStanding> Generators, IReadOnlyList<AnnotatorView> Annotators, PairVoting Voting, DateTimeOffset At);

/// <param name="Name">As invited; null where the annotator has no invite or no name.</param>
/// <param name="PausedAt">Since when nothing is asked; null where tasks go on.</param>
/// <param name="IsExcluded">Whether the rankings are left out of pairs, verdicts and agreement.</param>
public sealed record AnnotatorView(AnnotatorFigures Figures, string? Name, DateTimeOffset? PausedAt, bool IsExcluded);
