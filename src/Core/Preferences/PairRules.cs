using Rlhf.Labeling;

namespace Rlhf.Preferences;

/// <param name="Soft">Keep the share of preferences as p; hard takes the majority as certain.</param>
/// <param name="TrainOn">Kinds of annotators whose rankings count.</param>
/// <param name="Excluded">Annotators whose rankings don't.</param>
/// <param name="CutOff">Rankings that came later don't count; null takes all.</param>
/// <param name="UseMargin">Give each pair the mean signed strength, as ⅓, ⅔, 1 for strengths 1, 2, 3 and more.</param>
public sealed record PairOptions(
    bool Soft, IReadOnlyList<AnnotatorKind> TrainOn, IReadOnlyList<AnnotatorId> Excluded, DateTimeOffset? CutOff = null, bool UseMargin = false);

/// <summary>What rankings came to.</summary>
/// <param name="Ties">Answer pairs whose votes balance: no pair where the rule is hard.</param>
/// <param name="BothBad">Rankings that accept none of the answers.</param>
/// <param name="Identical">Answer pairs with the same text.</param>
public sealed record PairOutcome(IReadOnlyList<PreferencePair> Pairs, int Ties, int BothBad, int Identical)
{
    public static PairOutcome operator +(PairOutcome a, PairOutcome b) =>
        new([.. a.Pairs, .. b.Pairs], a.Ties + b.Ties, a.BothBad + b.BothBad, a.Identical + b.Identical);

    public static PairOutcome None { get; } = new([], 0, 0, 0);
}

/// <summary>Rankings to preference pairs: pure, and the only place that knows how.</summary>
public static class PairRules
{
    /// <summary>The pairs of a batch, comparison by comparison. Test comparisons give none.</summary>
    public static PairOutcome Of(IEnumerable<Comparison> comparisons, IEnumerable<Ranking> rankings, PairOptions options)
    {
        var counted = rankings.Where(r => Counts(r, options)).ToLookup(r => r.Comparison);
        return comparisons.Where(c => c.Kind == ComparisonKind.Ordinary).Select(c => Of(c, [.. counted[c.Id]], options)).Aggregate(PairOutcome.None, (a, b) => a + b);
    }

    /// <summary>Whether a ranking takes part at all.</summary>
    public static bool Counts(Ranking ranking, PairOptions options) =>
        !ranking.Extra && ranking.Outcome != RankingOutcome.Skip && options.TrainOn.Contains(ranking.AnnotatorKind)
        && !options.Excluded.Contains(ranking.Annotator) && (options.CutOff is not { } cutOff || ranking.SubmittedAt <= cutOff);

    private static PairOutcome Of(Comparison comparison, IReadOnlyList<Ranking> rankings, PairOptions options)
    {
        var pairs = new List<PreferencePair>();
        var (ties, identical) = (0, 0);
        var bothBad = rankings.Count(r => r.Outcome == RankingOutcome.BothBad);
        for (var i = 0; i < comparison.Answers.Count; i++)
        {
            for (var j = i + 1; j < comparison.Answers.Count; j++)
            {
                var votes = Votes.Between(comparison.Answers[i], comparison.Answers[j], rankings);
                if (votes.Count == 0) continue;
                if (votes.First.Text == votes.Second.Text)
                {
                    identical++;
                    continue;
                }
                if (votes.IsTie) ties++;
                if (!votes.IsTie || options.Soft) pairs.Add(votes.ToPair(comparison, options));
            }
        }
        return new([.. pairs.Select(p => p with { Weight = 1.0 / pairs.Count })], ties, bothBad, identical);
    }
}
