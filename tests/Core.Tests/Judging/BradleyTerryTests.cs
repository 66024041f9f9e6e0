using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Judging;
using Rlhf.Labeling;
using Rlhf.Prompts;

namespace Rlhf.Core.Tests.Judging;

public sealed class BradleyTerryTests
{
    /// <summary>American League 1987, 13 games each two teams: Agresti 2002, "Categorical Data Analysis", table 10.10; strengths against Baltimore as in the R package BradleyTerry2 (Turner and Firth 2012).</summary>
    [Fact]
    public void Of_PublishedBaseballSeason_StrengthsAreAsPublished()
    {
        // Milwaukee, Detroit, Toronto, New York, Boston, Cleveland, Baltimore.
        double[,] wins =
        {
            { 0, 7, 9, 7, 7, 9, 11 },
            { 6, 0, 7, 5, 11, 9, 9 },
            { 4, 6, 0, 7, 7, 8, 12 },
            { 6, 8, 6, 0, 6, 7, 10 },
            { 6, 2, 6, 7, 0, 7, 12 },
            { 4, 4, 5, 6, 6, 0, 6 },
            { 2, 4, 1, 3, 1, 7, 0 },
        };
        var fit = BradleyTerry.Of(wins, new double[7, 7]);
        double[] published = [1.5814, 1.4364, 1.2945, 1.2476, 1.1077, 0.6839];
        for (var team = 0; team < 6; team++) Assert.Equal(published[team], fit.Strengths[team] - fit.Strengths[6], 0.03);
    }

    /// <summary>Two competitors have a closed form: π_1/π_2 = wins/losses, ν = ties/√(wins·losses).</summary>
    [Fact]
    public void Of_TwoWithTies_IsTheClosedForm()
    {
        var fit = BradleyTerry.Of(new double[,] { { 0, 500 }, { 200, 0 } }, new double[,] { { 0, 300 }, { 300, 0 } });
        Assert.Equal(Math.Log(2.5), fit.Strengths[0] - fit.Strengths[1], 0.01);
        Assert.Equal(300 / Math.Sqrt(500 * 200), fit.Nu, 0.01);
        Assert.Equal(0.65, fit.WinShare(0, 1), 0.005);
        Assert.Equal(1, fit.WinShare(0, 1) + fit.WinShare(1, 0), 12);
    }

    [Fact]
    public void Of_OneWhoWonEverything_IsStrongAndFinite()
    {
        var fit = BradleyTerry.Of(new double[,] { { 0, 40 }, { 0, 0 } }, new double[2, 2]);
        Assert.InRange(fit.WinShare(0, 1), 0.95, 0.9999);
    }

    [Fact]
    public void Rank_KnownStrengths_AreFoundWithinTheirIntervals()
    {
        var random = new Random(5);
        var strengths = new Dictionary<string, double> { ["weak"] = -0.7, ["middle"] = 0, ["strong"] = 0.7 };
        var standings = new GeneratorStandings(ManyAnswersMode.Tiers);
        for (var i = 0; i < 900; i++)
        {
            var (first, second) = (strengths.Keys.ElementAt(i % 3), strengths.Keys.ElementAt((i + 1) % 3));
            standings.Add(Comparison(i, first, second), [Ranking(i, random, strengths[first] - strengths[second])]);
        }
        var ranked = standings.Rank(1);
        Assert.Equal(["strong", "middle", "weak"], ranked.Select(s => s.Generator));
        Assert.All(ranked, s => Assert.InRange(s.Strength, strengths[s.Generator] - 0.3, strengths[s.Generator] + 0.3));
        Assert.All(ranked, s => Assert.InRange(s.WinShare.Value, s.WinShare.Low!.Value, s.WinShare.High!.Value));
        Assert.True(ranked[0].WinShare.Low > ranked[1].WinShare.High && ranked[1].WinShare.Low > ranked[2].WinShare.High);
        Assert.Equal(1.5, ranked.Sum(s => s.WinShare.Value), 9);
        Assert.Equal((600, 600), (ranked[0].WinShare.Count, ranked[0].Wins + ranked[0].Ties + ranked[0].Losses));
    }

    [Fact]
    public void Rank_OneGenerator_SaysNothing()
    {
        var standings = new GeneratorStandings(ManyAnswersMode.Tiers);
        standings.Add(Comparison(1, "base", "base"), [Ranking(1, new Random(1), 0)]);
        Assert.Empty(standings.Rank(1));
    }

    [Fact]
    public void Rank_ContestedComparisonsAskedOfMore_WeighNoMoreThanOthers()
    {
        var standings = new GeneratorStandings(ManyAnswersMode.Tiers);
        for (var i = 0; i < 400; i++)
        {
            // Half are agreed on, the others were asked of a third because two disagreed.
            string[] winners = i % 2 == 0 ? ["a", "a"] : ["a", "b", "b"];
            standings.Add(Comparison(i, "one", "two"), winners.Select((w, n) => Ranking(i, $"p{n}", w)));
        }
        var one = standings.Rank(1).Single(s => s.Generator == "one");
        Assert.Equal((1 + 1.0 / 3) / 2, one.WinShare.Value, 0.005);
        Assert.Equal((600, 0, 400), (one.Wins, one.Ties, one.Losses));
    }

    [Fact]
    public void Rank_BestAndWorstOfMany_WhatLiesBetweenIsNoTie()
    {
        var standings = new GeneratorStandings(ManyAnswersMode.BestAndWorst);
        var comparison = Comparison(1, "one", "two") with { Answers = [.. Enumerable.Range(0, 9).Select(i => new Answer($"{i}", $"text {i}", $"generator {i}", FinishReason.Stop, 1))] };
        standings.Add(comparison, [Ranking(1, "p1", "a") with { Tiers = [["0"], ["1", "2", "3", "4", "5", "6", "7"], ["8"]] }]);
        var ranked = standings.Rank(1);
        // The best beats eight, the worst loses to seven more.
        Assert.Equal((15, 0, 15), (ranked.Sum(s => s.Wins), ranked.Sum(s => s.Ties), ranked.Sum(s => s.Losses)));
    }

    [Fact]
    public void Rank_AReviewerDecided_TheOverruledDoNotCount()
    {
        var standings = new GeneratorStandings(ManyAnswersMode.Tiers);
        standings.Add(Comparison(1, "one", "two"), [Ranking(1, "p1", "a"), Ranking(1, "p2", "a"), Ranking(1, "reviewer", "b") with { Decides = true }]);
        Assert.Equal((0, 1), standings.Rank(1).Single(s => s.Generator == "one") is var one ? (one.Wins, one.Losses) : default);
    }

    private static Ranking Ranking(int comparison, string annotator, string winner) => new(
        new($"c{comparison}"), new("demo-r1-b00001"), AnnotatorId.From(annotator), AnnotatorKind.Person, RankingOutcome.Ranked, [[winner], [winner == "a" ? "b" : "a"]], ["a", "b"], DateTimeOffset.UnixEpoch);

    private static Comparison Comparison(int number, string first, string second) => new(
        new($"c{number}"), new("demo-r1-b00001"), new(new("p1"), [new(MessageRole.User, "Hello?")], Split.Train),
        [new("a", "one", first, FinishReason.Stop, 1), new("b", "two", second, FinishReason.Stop, 2)], ComparisonKind.Ordinary, 1, 1);

    /// <summary>A tie in a fifth of the cases, otherwise as the strengths say.</summary>
    private static Ranking Ranking(int comparison, Random random, double difference)
    {
        string[][] tiers = random.NextDouble() < 0.2 ? [["a", "b"]] : random.NextDouble() < 1 / (1 + Math.Exp(-difference)) ? [["a"], ["b"]] : [["b"], ["a"]];
        return new(new($"c{comparison}"), new("demo-r1-b00001"), AnnotatorId.From("p1"), AnnotatorKind.Person, RankingOutcome.Ranked, tiers, ["a", "b"], DateTimeOffset.UnixEpoch);
    }
}
