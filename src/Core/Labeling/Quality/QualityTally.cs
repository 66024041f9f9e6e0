using Rlhf.Labeling.Agreement;

namespace Rlhf.Labeling.Quality;

/// <summary>Adds up what annotators did, comparison by comparison, and says how each of them does: pure.</summary>
/// <param name="counts">Whose rankings others are held against.</param>
/// <param name="concernBelow">Right on gold, or the same as oneself, below which an annotator is named (<see cref="Campaigns.CheckSettings.ConcernBelow"/>).</param>
public sealed class QualityTally(Func<Ranking, bool> counts, double concernBelow)
{
    private readonly Dictionary<AnnotatorId, AnnotatorTally> annotators = [];
    private CrowdTally crowd;

    public void Add(IReadOnlyList<Comparison> comparisons, IEnumerable<Ranking> rankings)
    {
        var byComparison = rankings.ToLookup(r => r.Comparison);
        foreach (var comparison in comparisons) Add(comparison, [.. byComparison[comparison.Id]]);
    }

    /// <summary>A comparison that its annotator was given again.</summary>
    public void AddRepeat(AnnotatorId annotator, AnnotatorKind kind, bool isSame) => Of(annotator, kind).AddRepeat(isSame);

    /// <summary>Time in which the annotator judged something that counts for no other figure.</summary>
    public void AddActive(AnnotatorId annotator, AnnotatorKind kind, TimeSpan? time) => Of(annotator, kind).AddActive(time);

    /// <summary>One for each annotator who handed anything in, the busiest first.</summary>
    public IReadOnlyList<AnnotatorFigures> Figures() =>
        [.. annotators.Values.Select(a => a.ToFigures(crowd.Without(a), concernBelow)).OrderByDescending(f => f.Rankings).ThenBy(f => f.Annotator.Value, StringComparer.Ordinal)];

    private void Add(Comparison comparison, List<Ranking> rankings)
    {
        foreach (var ranking in rankings) Of(ranking).AddActive(ranking.ActiveTime);
        // It is learned on, before the first task, and says nothing about those.
        if (comparison.Gold is { IsPractice: true }) return;
        foreach (var ranking in rankings) Of(ranking).AddCount(ranking);
        var judged = rankings.Where(RatedValue.Counts).ToList();
        foreach (var ranking in judged)
        {
            var annotator = Of(ranking);
            annotator.AddTime(ranking);
            if (comparison.Gold is { } gold) annotator.AddGold(GoldRules.IsRight(gold, ranking));
        }
        // Gold has a right answer: it does not say how annotators see an open question.
        if (comparison.Gold is not null) return;
        AddAgreement(FirstAsked.Of(comparison, judged));
        if (comparison.Answers.Count == 2) AddPreferences(comparison, [.. judged.Where(r => r is { Outcome: RankingOutcome.Ranked, Tiers.Count: 2 })]);
    }

    private void AddPreferences(Comparison comparison, List<Ranking> preferring)
    {
        foreach (var ranking in preferring) Of(ranking).AddSide(ranking.Tiers[0][0] == ranking.ShownOrder[0]);
        var (first, second) = (comparison.Answers[0], comparison.Answers[1]);
        if (first.Text.Length == second.Text.Length) return;
        var longer = first.Text.Length > second.Text.Length ? first.Id : second.Id;
        var all = preferring.Where(counts).Sum(Sign);
        foreach (var ranking in preferring)
        {
            var isLonger = ranking.Tiers[0][0] == longer;
            Of(ranking).AddLength(isLonger);
            crowd = crowd with { Longer = crowd.Longer.And(isLonger) };
            var others = all - (counts(ranking) ? Sign(ranking) : 0);
            if (others != 0) Of(ranking).AddLength(others > 0, isLonger);
        }

        int Sign(Ranking ranking) => ranking.Tiers[0][0] == longer ? 1 : -1;
    }

    private void AddAgreement(IReadOnlyList<Ranking> judged)
    {
        for (var i = 0; i < judged.Count; i++)
        {
            for (var j = i + 1; j < judged.Count; j++)
            {
                var isSame = RatedValue.WinnerOf(judged[i]) == RatedValue.WinnerOf(judged[j]);
                var (first, second) = (counts(judged[i]), counts(judged[j]));
                if (first && second) crowd = crowd with { Agreement = crowd.Agreement.And(isSame) };
                if (second) Of(judged[i]).AddAgreement(isSame, first);
                if (first) Of(judged[j]).AddAgreement(isSame, second);
            }
        }
    }

    private AnnotatorTally Of(Ranking ranking) => Of(ranking.Annotator, ranking.AnnotatorKind);

    private AnnotatorTally Of(AnnotatorId annotator, AnnotatorKind kind)
    {
        if (!annotators.TryGetValue(annotator, out var tally)) annotators[annotator] = tally = new(annotator, kind);
        return tally;
    }
}

/// <summary>All annotators together.</summary>
/// <param name="Agreement">Pairs of annotators whose rankings count.</param>
internal readonly record struct CrowdTally(Tally Agreement, Tally Longer)
{
    public CrowdTally Without(AnnotatorTally annotator) => new(Agreement - annotator.Counted, Longer - annotator.Longer);
}
