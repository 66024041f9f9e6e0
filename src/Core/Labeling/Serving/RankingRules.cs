using Rlhf.Campaigns;
using Rlhf.Labeling.Invites;
using Rlhf.Web.Contracts;

namespace Rlhf.Labeling.Serving;

/// <summary>What a submitted ranking must be, and its translation from places on the screen to answers.</summary>
public static class RankingRules
{
    public const int MaximumComment = 2_000;
    public const int MaximumBetterAnswer = 4_000;

    private static readonly TimeSpan LongestActiveTime = TimeSpan.FromHours(12);

    /// <exception cref="RlhfException"><c>invalid-ranking</c>, naming what is wrong.</exception>
    public static Ranking Read(RankingRequest request, Comparison comparison, Served served, Invite annotator, CampaignSettings settings, DateTimeOffset now)
    {
        Check(request, served, settings);
        var tiers = request.Outcome == RankingOutcome.Ranked ? request.Tiers! : [];
        var ranking = new Ranking(
            comparison.Id, comparison.Batch, annotator.Annotator, annotator.Kind, request.Outcome,
            [.. tiers.Select(tier => (IReadOnlyList<string>)[.. tier.Select(place => ShownOrder.AnswerAt(served.ShownOrder, place)!)])],
            served.ShownOrder, now, request.Strength, request.ActiveSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Text(request.Comment), Text(request.BetterAnswer), request.GuidelinesVersion ?? settings.GuidelinesVersion);
        return ranking with { TooFast = LabelFormRules.IsTooFast(settings.Form, comparison, ranking), Fields = request.Fields is { Count: > 0 } fields ? fields : null };
    }

    /// <summary>What takes the place of <paramref name="existing"/>. The texts were read for both, so their times are one; where the first time is unknown, so is the whole.</summary>
    public static Ranking Amend(Ranking existing, Ranking submitted, Comparison comparison, LabelFormSettings form)
    {
        var amended = submitted with
        {
            Revision = existing.Revision + 1,
            Extra = existing.Extra,
            FirstSubmittedAt = existing.MadeAt,
            ActiveTime = existing.ActiveTime + (submitted.ActiveTime ?? TimeSpan.Zero),
        };
        return amended with { TooFast = LabelFormRules.IsTooFast(form, comparison, amended) };
    }

    /// <summary>Whether <paramref name="submitted"/> says what is stored already: the same request sent again.</summary>
    public static bool IsRepetition(Ranking existing, Ranking submitted, int? amends) =>
        existing.Revision == (amends ?? 0) + 1
        && existing.Outcome == submitted.Outcome && existing.Strength == submitted.Strength
        && existing.Comment == submitted.Comment && existing.BetterAnswer == submitted.BetterAnswer
        && Spelled(existing) == Spelled(submitted) && RankingField.Spelled(existing.Fields) == RankingField.Spelled(submitted.Fields);

    private static string Spelled(Ranking ranking) =>
        string.Join('>', ranking.Tiers.Select(tier => string.Join('=', tier.Order(StringComparer.Ordinal))));

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;

    private static void Check(RankingRequest request, Served served, CampaignSettings settings)
    {
        var problem = GuidelinesProblem(request, settings) ?? Problem(request, ShownOrder.Places(served.ShownOrder.Count), settings.Form);
        if (problem is not null) throw new RlhfException("invalid-ranking", problem, "Send the outcome and, if ranked, tiers of the served answers' ids from best to worst, each id once.");
    }

    private static string? Problem(RankingRequest request, IReadOnlyList<string> places, LabelFormSettings form)
    {
        if (!Enum.IsDefined(request.Outcome)) return $"There is no outcome '{request.Outcome}'.";
        if (request.ShownOrder is { } shown && !shown.SequenceEqual(places)) return $"The answers were not shown in the order [{Quote(shown)}] but [{Quote(places)}].";
        if (request.ActiveSeconds is { } seconds && !(seconds >= 0 && seconds <= LongestActiveTime.TotalSeconds)) return $"{seconds} seconds can't be an active time.";
        return TextProblem(request, form) ?? StrengthProblem(request, places, form) ?? TiersProblem(request, places) ?? ModeProblem(request, places, form) ?? RankingField.Problem(request.Fields);
    }

    private static string? GuidelinesProblem(RankingRequest request, CampaignSettings settings) =>
        request.GuidelinesVersion is { } version && (version < 1 || version > settings.GuidelinesVersion) ? $"The guidelines have no version {version}; the newest is {settings.GuidelinesVersion}." : null;

    private static string? TextProblem(RankingRequest request, LabelFormSettings form)
    {
        if (!form.Comments && Text(request.Comment) is not null) return "This campaign takes no comments.";
        if (!form.BetterAnswers && Text(request.BetterAnswer) is not null) return "This campaign takes no answers of annotators' own.";
        if (request.Comment?.Length > MaximumComment) return $"A comment of {request.Comment.Length} characters is too long; the most is {MaximumComment}.";
        return request.BetterAnswer?.Length > MaximumBetterAnswer ? $"An answer of {request.BetterAnswer.Length} characters is too long; the most is {MaximumBetterAnswer}." : null;
    }

    private static string? StrengthProblem(RankingRequest request, IReadOnlyList<string> places, LabelFormSettings form)
    {
        if (request.Strength is not { } strength) return null;
        var most = LabelFormRules.MaximumStrength(form);
        if (strength < 1 || strength > most) return $"A strength of {strength} is not between 1 and {most}, as the scale of {form.Scale} points has it.";
        return places.Count == 2 && request.Outcome == RankingOutcome.Ranked && request.Tiers?.Count == 2
            ? null : "A strength goes with one of two answers being better, nothing else.";
    }

    private static string? TiersProblem(RankingRequest request, IReadOnlyList<string> places)
    {
        var tiers = request.Tiers ?? [];
        if (request.Outcome != RankingOutcome.Ranked) return tiers.Count == 0 ? null : $"With outcome '{request.Outcome}' there can be no tiers.";
        if (tiers.Count == 0 || tiers.Any(tier => tier is null || tier.Count == 0)) return "A ranking needs tiers, none of them empty.";
        var named = tiers.SelectMany(tier => tier).ToList();
        if (named.Find(id => id is null || !places.Contains(id)) is { } unknown) return $"There is no answer '{Short(unknown)}' here; the served ones are {Quote(places)}.";
        if (named.Contains(null!)) return "A tier holds a null.";
        if (named.GroupBy(id => id).FirstOrDefault(g => g.Count() > 1) is { } twice) return $"Answer '{twice.Key}' stands in the ranking {twice.Count()} times.";
        return named.Count < 2 ? "A ranking says something about at least two answers." : null;
    }

    private static string? ModeProblem(RankingRequest request, IReadOnlyList<string> places, LabelFormSettings form)
    {
        if (form.ManyAnswers != ManyAnswersMode.BestAndWorst || places.Count == 2 || request.Outcome != RankingOutcome.Ranked) return null;
        var tiers = request.Tiers!;
        var isBestAndWorst = tiers.Count == 3 && tiers[0].Count == 1 && tiers[1].Count == places.Count - 2 && tiers[2].Count == 1;
        return isBestAndWorst || (tiers.Count == 1 && tiers[0].Count == places.Count) ? null
            : "This campaign asks for the best answer, the worst, and all others in one tier between them (or all in one tier, where they are the same).";
    }

    private static string Quote(IEnumerable<string> ids) => string.Join(", ", ids.Take(10).Select(Short));

    private static string Short(string id) => id is { Length: > 40 } ? id[..40] + "…" : id;
}
