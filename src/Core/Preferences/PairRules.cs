using Rlhf.Campaigns;
using Rlhf.Labeling;

namespace Rlhf.Preferences;

/// <param name="Soft">Keep the share of preferences as p; hard takes the majority as certain.</param>
/// <param name="TrainOn">Kinds of annotators whose rankings count.</param>
/// <param name="Excluded">Annotators whose rankings don't.</param>
/// <param name="CutOff">Rankings that came later don't count; null takes all.</param>
/// <param name="UseMargin">Give each pair the mean signed strength, as ⅓, ⅔, 1 for strengths 1, 2, 3 and more.</param>
/// <param name="Voting">How several rankings of one comparison become pairs.</param>
public sealed record PairOptions(
    bool Soft, IReadOnlyList<AnnotatorKind> TrainOn, IReadOnlyList<AnnotatorId> Excluded, DateTimeOffset? CutOff = null, bool UseMargin = false,
    PairVoting Voting = PairVoting.Majority)
{
    /// <summary>Comparisons that are no training data: gold was made of them.</summary>
    public IReadOnlyList<ComparisonId> LeftOut { get; init; } = [];

    /// <summary>How three and more answers were judged: it says what one tier means.</summary>
    public ManyAnswersMode ManyAnswers { get; init; }
}

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
    /// <summary>The pairs of a batch, comparison by comparison. Only ordinary comparisons give any.</summary>
    /// <param name="model">Of the whole campaign, with <see cref="PairVoting.DawidSkene"/>; made from these rankings alone where null.</param>
    public static PairOutcome Of(IReadOnlyList<Comparison> comparisons, IEnumerable<Ranking> rankings, PairOptions options, AnnotatorModel? model = null)
    {
        var counted = rankings.Where(r => Counts(r, options)).ToLookup(r => r.Comparison);
        if (options.Voting == PairVoting.DawidSkene) model ??= DawidSkene.Estimate([.. VotesOf(comparisons, counted, options)]);
        else model = null;
        return comparisons.Where(c => MayTrain(c, options)).Select(c => Of(c, [.. counted[c.Id]], options, model)).Aggregate(PairOutcome.None, (a, b) => a + b);
    }

    /// <summary>The votes on each two answers, as <see cref="VoteTable"/> takes them.</summary>
    public static IEnumerable<IReadOnlyList<(AnnotatorId Annotator, AnswerVote Vote)>> VotesOf(IReadOnlyList<Comparison> comparisons, IEnumerable<Ranking> rankings, PairOptions options) =>
        VotesOf(comparisons, rankings.Where(r => Counts(r, options)).ToLookup(r => r.Comparison), options);

    /// <summary>Whether a ranking takes part at all.</summary>
    public static bool Counts(Ranking ranking, PairOptions options) =>
        !ranking.Extra && ranking.Outcome != RankingOutcome.Skip && options.TrainOn.Contains(ranking.AnnotatorKind)
        && !options.Excluded.Contains(ranking.Annotator) && (options.CutOff is not { } cutOff || ranking.SubmittedAt <= cutOff);

    /// <summary>Whether a comparison is training data of any kind, as pairs, votes or examples.</summary>
    public static bool MayTrain(Comparison comparison, PairOptions options) => GivesPairs(comparison) && !options.LeftOut.Contains(comparison.Id);

    private static bool GivesPairs(Comparison comparison) => comparison.Kind == ComparisonKind.Ordinary;

    private static IEnumerable<IReadOnlyList<(AnnotatorId Annotator, AnswerVote Vote)>> VotesOf(IReadOnlyList<Comparison> comparisons, ILookup<ComparisonId, Ranking> counted, PairOptions options) =>
        comparisons.Where(GivesPairs).SelectMany(c => Votes.Of(c, [.. counted[c.Id].Where(r => !r.Decides)], options.ManyAnswers)).Select(v => v.ByAnnotator);

    private static PairOutcome Of(Comparison comparison, IReadOnlyList<Ranking> rankings, PairOptions options, AnnotatorModel? model)
    {
        var deciding = Majority.Deciding(rankings);
        // A reviewer's word is not weighed.
        if (deciding.Count < rankings.Count) model = null;
        var byAnswers = new List<List<PreferencePair>>();
        var (ties, identical) = (0, 0);
        foreach (var votes in Votes.Of(comparison, deciding, options.ManyAnswers))
        {
            if (votes.First.Text == votes.Second.Text)
            {
                identical++;
                continue;
            }
            var leaning = votes.Lean(model);
            if (leaning.IsTie) ties++;
            List<PreferencePair> pairs = options.Voting == PairVoting.AllVotes ? [.. votes.ToPairs(comparison, options)]
                : leaning.IsTie && !options.Soft ? [] : [votes.ToPair(comparison, options, leaning)];
            if (pairs.Count > 0) byAnswers.Add(pairs);
        }
        // The comparison weighs 1 (unless it is part of one), each two answers the same, and each vote on them too.
        return new([.. byAnswers.SelectMany(pairs => pairs.Select(p => p with { Weight = (comparison.Weight ?? 1) / byAnswers.Count / pairs.Count }))],
            ties, deciding.Count(r => r.Outcome == RankingOutcome.BothBad), identical);
    }
}
