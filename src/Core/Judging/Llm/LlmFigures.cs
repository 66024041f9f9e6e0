using Rlhf.Labeling;
using Rlhf.Statistics;

namespace Rlhf.Judging.Llm;

/// <summary>A share of some things; with its 95% bootstrap interval over comparisons where there is one.</summary>
public sealed record LlmShare(double Share, int Count, double? Low = null, double? High = null);

/// <summary>How far a language model's judgements can be trusted. Shares are null where nothing can be said.</summary>
/// <param name="Votes">Comparisons it judged.</param>
/// <param name="Unreadable">Verdicts, of two on each two answers, that could not be read.</param>
/// <param name="Consistency">Of pairs of verdicts: how often both orders gave the same answer, or both a tie.</param>
/// <param name="FirstSide">Of verdicts that prefer one: how often the one shown first; ½ is no bias.</param>
/// <param name="Longer">Of verdicts that prefer one of two answers of different length: how often the longer.</param>
/// <param name="PeopleLonger">The same of the people's majority on the same answers, to hold it against.</param>
/// <param name="WithPeople">Of the answer pairs on which people's majority prefers one: how often the model prefers the same, undecided ones ½.</param>
public sealed record LlmFigures(int Votes, int Unreadable, LlmShare? Consistency, LlmShare? FirstSide, LlmShare? Longer, LlmShare? PeopleLonger, LlmShare? WithPeople)
{
    /// <param name="judged">Each vote with its comparison and the people's rankings of it that count.</param>
    public static LlmFigures Of(IReadOnlyList<(LlmVote Vote, Comparison Comparison, IReadOnlyList<Ranking> People)> judged, long seed)
    {
        var pairs = judged.SelectMany(j => j.Vote.Pairs().Select(p => (j.Comparison, j.People, Pair: p))).ToList();
        var verdicts = judged.SelectMany(j => j.Vote.Verdicts.Where(v => v.Preferred is not null).Select(v => (j.Comparison, Verdict: v))).ToList();
        var people = pairs.Select(p => (p.Comparison, p.Pair, Choice: MajorityOf(p.People, p.Pair.One))).Where(p => p.Choice is not null).ToList();
        return new(
            judged.Count, judged.Sum(j => j.Vote.Verdicts.Count(v => v.Side is null)),
            Share(pairs.Where(p => p.Pair.One.Side is not null && p.Pair.Other.Side is not null).Select(p => (p.Comparison.Id, Value: IsSame(p.Pair) ? 1.0 : 0)), seed),
            Share(verdicts.Select(v => (v.Comparison.Id, Value: v.Verdict.Side == LlmSide.First ? 1.0 : 0)), seed),
            Share(verdicts.Select(v => (v.Comparison.Id, Longer: IsLonger(v.Comparison, v.Verdict.Preferred!, v.Verdict))).Where(v => v.Longer is not null).Select(v => (v.Id, Value: v.Longer!.Value ? 1.0 : 0)), seed),
            Share(people.Select(p => (p.Comparison.Id, Longer: IsLonger(p.Comparison, p.Choice!, p.Pair.One))).Where(p => p.Longer is not null).Select(p => (p.Id, Value: p.Longer!.Value ? 1.0 : 0)), seed),
            Share(people.Select(p => (p.Comparison.Id, Value: LlmVote.Choice(p.Pair) is { } choice ? choice == p.Choice ? 1.0 : 0 : 0.5)), seed));
    }

    private static bool IsSame((LlmVerdict One, LlmVerdict Other) pair) => pair.One.Preferred == pair.Other.Preferred;

    private static bool? IsLonger(Comparison comparison, string preferred, LlmVerdict pair)
    {
        var (chosen, other) = (LengthOf(comparison, preferred), LengthOf(comparison, preferred == pair.First ? pair.Second : pair.First));
        return chosen == other ? null : chosen > other;
    }

    private static int LengthOf(Comparison comparison, string answer) => comparison.Answers.First(a => a.Id == answer).Text.Length;

    /// <returns>Null where people tie, or nobody ranked both.</returns>
    private static string? MajorityOf(IReadOnlyList<Ranking> people, LlmVerdict pair)
    {
        var lead = people.Sum(r => Math.Sign(TierOf(r, pair.Second) - TierOf(r, pair.First)) * (TierOf(r, pair.First) >= 0 && TierOf(r, pair.Second) >= 0 ? 1 : 0));
        return lead > 0 ? pair.First : lead < 0 ? pair.Second : null;
    }

    private static int TierOf(Ranking ranking, string answer) => ranking.Tiers.Select((tier, i) => (tier, i)).FirstOrDefault(t => t.tier.Contains(answer), ([], -1)).Item2;

    private static LlmShare? Share(IEnumerable<(ComparisonId Comparison, double Value)> values, long seed)
    {
        var all = values.ToList();
        if (all.Count == 0) return null;
        var groups = all.GroupBy(v => v.Comparison).Select(g => (IReadOnlyList<double>)[.. g.Select(v => v.Value)]).ToList();
        var (low, high) = Bootstrap.Interval(groups, seed);
        return new(all.Average(v => v.Value), all.Count, low, high);
    }
}
