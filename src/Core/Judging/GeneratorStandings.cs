using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Labeling;
using Rlhf.Preferences;
using Rlhf.Statistics;

namespace Rlhf.Judging;

/// <summary>How a generator's answers do against the others', by annotators' rankings.</summary>
/// <param name="WinShare">The share of comparisons it wins against another generator, a tie ½, averaged over the others (<see cref="BradleyTerry"/>); bootstrap interval over comparisons.</param>
/// <param name="Strength">θ: each unit more multiplies the odds of winning by e.</param>
public sealed record GeneratorStanding(string Generator, Estimate WinShare, double Strength, int Wins, int Ties, int Losses);

/// <summary>Collects rankings and compares their generators.</summary>
/// <param name="mode">How the campaign has many answers judged.</param>
public sealed class GeneratorStandings(ManyAnswersMode mode)
{
    // What a comparison says: each ranking's preferences between two generators' answers. Comparisons that say the same are counted together.
    private readonly Dictionary<string, (List<(string Better, string Worse, bool IsTie)> Says, int Times)> comparisons = [];

    /// <summary>Adds a comparison with its rankings; where a reviewer decided, only that counts. Answers of one generator say nothing of each other. However many were asked, it weighs 1: where they disagreed more were, and those comparisons would weigh more.</summary>
    public void Add(Comparison comparison, IEnumerable<Ranking> rankings)
    {
        var says = Majority.Deciding([.. rankings]).SelectMany(r => SaidBy(r, comparison.Answers, mode)).Order().ToList();
        if (says.Count == 0) return;
        var key = string.Join('\n', says);
        comparisons[key] = (says, comparisons.GetValueOrDefault(key).Times + 1);
    }

    /// <summary>The strongest first; empty where there are no two generators to compare.</summary>
    public IReadOnlyList<GeneratorStanding> Rank(long seed)
    {
        var kinds = comparisons.Values.ToList();
        var generators = kinds.SelectMany(k => k.Says).SelectMany(s => new[] { s.Better, s.Worse }).Distinct().Order(StringComparer.Ordinal).ToList();
        if (generators.Count < 2) return [];
        var index = generators.Select((name, i) => (name, i)).ToDictionary(g => g.name, g => g.i);
        var outcomes = kinds.Select(k => k.Says.Select(s => new Outcome(index[s.Better], index[s.Worse], s.IsTie, 1.0 / k.Says.Count)).ToArray()).ToArray();
        var times = kinds.Select(k => k.Times).ToArray();
        var intervals = Bootstrap.Intervals(times, drawn => Shares(outcomes, drawn, generators.Count), seed);
        var weighted = Count(outcomes, times, generators.Count);
        var fit = BradleyTerry.Of(weighted.Wins, weighted.Ties);
        var shares = Shares(outcomes, times, generators.Count);
        // Votes, for people to look at.
        var (wins, ties) = Count([.. outcomes.Select(o => o.Select(vote => vote with { Weight = 1 }).ToArray())], times, generators.Count);
        return [.. generators.Select((name, i) => new GeneratorStanding(
            name, new(shares[i]!.Value, intervals[i]?.Low, intervals[i]?.High, kinds.Where(k => k.Says.Exists(s => s.Better == name || s.Worse == name)).Sum(k => k.Times)), fit.Strengths[i],
            (int)Sum(j => wins[i, j]), (int)Sum(j => ties[i, j]), (int)Sum(j => wins[j, i]))).OrderByDescending(s => s.Strength)];

        double Sum(Func<int, double> of) => Enumerable.Range(0, generators.Count).Sum(of);
    }

    private static double?[] Shares(Outcome[][] outcomes, IReadOnlyList<int> times, int generators)
    {
        var (wins, ties) = Count(outcomes, times, generators);
        var fit = BradleyTerry.Of(wins, ties);
        return [.. Enumerable.Range(0, generators).Select(i => (double?)Enumerable.Range(0, generators).Where(j => j != i).Average(j => fit.WinShare(i, j)))];
    }

    private static (double[,] Wins, double[,] Ties) Count(Outcome[][] outcomes, IReadOnlyList<int> times, int generators)
    {
        var (wins, ties) = (new double[generators, generators], new double[generators, generators]);
        for (var kind = 0; kind < outcomes.Length; kind++)
        {
            foreach (var (better, worse, isTie, weight) in outcomes[kind])
            {
                if (!isTie) wins[better, worse] += weight * times[kind];
                else ties[better, worse] = ties[worse, better] += weight * times[kind];
            }
        }
        return (wins, ties);
    }

    private static IEnumerable<(string Better, string Worse, bool IsTie)> SaidBy(Ranking ranking, IReadOnlyList<Answer> answers, ManyAnswersMode mode)
    {
        for (var i = 0; i < answers.Count; i++)
        {
            for (var j = i + 1; j < answers.Count; j++)
            {
                if (answers[i].Generator == answers[j].Generator || Vote.Of(ranking, answers[i].Id, answers[j].Id, mode) is not { } vote) continue;
                yield return vote.For == AnswerVote.Second ? (answers[j].Generator, answers[i].Generator, false) : (answers[i].Generator, answers[j].Generator, vote.For == AnswerVote.Tie);
            }
        }
    }

    /// <param name="Weight">A comparison's weights add up to 1.</param>
    private readonly record struct Outcome(int Better, int Worse, bool IsTie, double Weight);
}
