using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Labeling;

namespace Rlhf.Preferences;

/// <summary>What the annotators of one comparison think of two of its answers.</summary>
internal sealed record Votes(Answer First, Answer Second, IReadOnlyList<Vote> All)
{
    /// <summary>Strength 1 is ⅓ raw reward units, 3 and more is 1.</summary>
    internal const double MarginSteps = 3;

    public int Count => All.Count;

    /// <summary>One vote a ranking that has both answers in its tiers.</summary>
    public static Votes Between(Answer first, Answer second, IEnumerable<Ranking> rankings, ManyAnswersMode mode) =>
        new(first, second, [.. rankings.Select(r => Vote.Of(r, first.Id, second.Id, mode)).OfType<Vote>()]);

    /// <summary>The votes on each two answers of a comparison that somebody voted on.</summary>
    public static IEnumerable<Votes> Of(Comparison comparison, IReadOnlyList<Ranking> rankings, ManyAnswersMode mode)
    {
        for (var i = 0; i < comparison.Answers.Count; i++)
            for (var j = i + 1; j < comparison.Answers.Count; j++)
                if (Between(comparison.Answers[i], comparison.Answers[j], rankings, mode) is { Count: > 0 } votes) yield return votes;
    }

    public IReadOnlyList<(AnnotatorId Annotator, AnswerVote Vote)> ByAnnotator => [.. All.Select(v => (v.Ranking.Annotator, v.For))];

    /// <summary>Share that prefers the first, a tie is ½; with a model, how probable it is that the first is better, a tie ½.</summary>
    /// <param name="model">Null to count heads.</param>
    public Leaning Lean(AnnotatorModel? model)
    {
        if (model is null) return new(All.Average(v => v.ForFirst));
        var (first, tie, second) = model.Posterior(ByAnnotator);
        return new(first + tie / 2) { IsTie = tie >= Math.Max(first, second) || Math.Abs(first - second) < Leaning.Even };
    }

    public PreferencePair ToPair(Comparison comparison, PairOptions options, Leaning leaning)
    {
        var isFirst = leaning.Share >= 0.5;
        return Pair(comparison, options, isFirst, All) with { Preference = options.Soft ? Math.Max(leaning.Share, 1 - leaning.Share) : 1 };
    }

    /// <summary>A pair for each vote that prefers one; a tie gives none.</summary>
    public IEnumerable<PreferencePair> ToPairs(Comparison comparison, PairOptions options) =>
        All.Where(v => v.For != AnswerVote.Tie).Select(v => Pair(comparison, options, v.For == AnswerVote.First, [v]));

    private PreferencePair Pair(Comparison comparison, PairOptions options, bool isFirst, IReadOnlyList<Vote> behind)
    {
        var (chosen, rejected) = isFirst ? (First, Second) : (Second, First);
        var preferring = All.Where(v => v.For != AnswerVote.Tie).ToList();
        var agreeing = preferring.Count(v => v.For == AnswerVote.First == isFirst);
        return new(
            comparison.Id, comparison.Prompt.Id, comparison.Prompt.Messages, chosen.Text, rejected.Text, comparison.Prompt.Split,
            Weight: 1, Preference: 1, Agreement: preferring.Count == 0 ? 0 : (double)agreeing / preferring.Count,
            AnnotatorKinds: [.. behind.Select(v => v.Ranking.AnnotatorKind).Distinct().Order()], comparison.Round, Rankings: behind.Count,
            Margin: options.UseMargin ? Margin(behind, isFirst ? 1 : -1) : null, chosen.Generator, rejected.Generator, new(chosen.FinishReason, rejected.FinishReason));
    }

    private static double Margin(IReadOnlyList<Vote> votes, int sign) =>
        Math.Max(0, votes.Average(v => sign * Math.Sign(v.ForFirst - 0.5) * Math.Min(v.Ranking.Strength ?? 1, MarginSteps) / MarginSteps));
}

/// <param name="Share">0..1, above ½ for the first answer.</param>
internal sealed record Leaning(double Share)
{
    public const double Even = 1e-12;

    public bool IsTie { get; init; } = Math.Abs(Share - 0.5) < Even;
}

internal sealed record Vote(Ranking Ranking, AnswerVote For)
{
    /// <summary>1 prefers the first answer, 0 the second, ½ a tie.</summary>
    public double ForFirst => For switch { AnswerVote.First => 1, AnswerVote.Second => 0, _ => 0.5 };

    /// <summary>What a ranking says of two answers; null where it says nothing. All votes are derived here.</summary>
    /// <param name="mode">How the campaign has many answers judged.</param>
    public static Vote? Of(Ranking ranking, string first, string second, ManyAnswersMode mode)
    {
        if (ranking.Outcome != RankingOutcome.Ranked) return null;
        var (a, b) = (TierOf(ranking, first), TierOf(ranking, second));
        if (a < 0 || b < 0) return null;
        // Only the best and the worst were asked for: what lies between them was not compared, though it stands in one tier.
        if (a == b && mode == ManyAnswersMode.BestAndWorst && ranking.Tiers.Count > 1) return null;
        return new(ranking, a == b ? AnswerVote.Tie : a < b ? AnswerVote.First : AnswerVote.Second);
    }

    private static int TierOf(Ranking ranking, string answer)
    {
        for (var tier = 0; tier < ranking.Tiers.Count; tier++)
            if (ranking.Tiers[tier].Contains(answer)) return tier;
        return -1;
    }
}
