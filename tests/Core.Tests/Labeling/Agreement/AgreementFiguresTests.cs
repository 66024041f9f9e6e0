using Rlhf.Labeling;
using Rlhf.Labeling.Agreement;
using Rlhf.Prompts;

namespace Rlhf.Core.Tests.Labeling.Agreement;

public sealed class AgreementFiguresTests
{
    [Fact]
    public void Of_TwoWhoSawTheSidesSwapped_AgreeOnTheAnswerThatWon()
    {
        // Both prefer answer a; one of them saw it at the right.
        var rankings = Enumerable.Range(0, 40).SelectMany(i => new[]
        {
            Ranking(i, "p1", i % 2 == 0 ? "a" : "b", ["a", "b"]),
            Ranking(i, "p2", i % 2 == 0 ? "a" : "b", ["b", "a"]),
        });
        var figures = AgreementFigures.Of(rankings, 1);
        Assert.Equal((40, 1.0, 1.0, 1.0), (figures.Comparisons, figures.Raw!.Value, figures.Alpha!.Value, figures.Ac1!.Value));
        Assert.Null(figures.Ac2);
    }

    [Fact]
    public void Of_ThreeOfFourAgree_IntervalsHoldTheValueAndNarrowWithMore()
    {
        var few = AgreementFigures.Of(Voted(40), 1);
        var many = AgreementFigures.Of(Voted(1_000), 1);
        Assert.Equal(0.75, many.Raw!.Value, 12);
        Assert.Equal(0.5, many.Alpha!.Value, 2);
        foreach (var (narrow, wide) in new[] { (many.Raw!, few.Raw!), (many.Alpha!, few.Alpha!), (many.Ac1!, few.Ac1!) })
        {
            Assert.InRange(narrow.Value, narrow.Low!.Value, narrow.High!.Value);
            Assert.True(narrow.High - narrow.Low < (wide.High - wide.Low) / 3);
        }
        // 95% of a share of ¾ among 1,000: 0.75 ± 1.96 √(0.75·0.25/1000).
        Assert.Equal(0.723, many.Raw!.Low!.Value, 2);
        Assert.Equal(0.777, many.Raw!.High!.Value, 2);
        Assert.Equal(many, AgreementFigures.Of(Voted(1_000), 1));
    }

    [Fact]
    public void Of_Strengths_NearOnesAgreeMoreThanTheWinnersAlone()
    {
        // The same winner always, one step apart in strength; the other answer wins as often.
        var rankings = Enumerable.Range(0, 60).SelectMany(i => new[]
        {
            Ranking(i, "p1", i % 2 == 0 ? "a" : "b", ["a", "b"]) with { Strength = 2 },
            Ranking(i, "p2", i % 2 == 0 ? "a" : "b", ["b", "a"]) with { Strength = 3 },
        });
        var figures = AgreementFigures.Of(rankings, 1);
        Assert.InRange(figures.Ac2!.Value, 0.8, 0.999);
        Assert.Equal(60, figures.Ac2.Count);
    }

    [Fact]
    public void Of_StrengthsThatNobodyUsed_AreValuesOfTheScaleAllTheSame()
    {
        // Slightly better at most, one way and the other: on a scale of 7 points they are near each other.
        var rankings = Enumerable.Range(0, 60).SelectMany(i => new[]
        {
            Ranking(i, "p1", i % 2 == 0 ? "a" : "b", ["a", "b"]) with { Strength = 1 },
            Ranking(i, "p2", i % 4 < 2 ? "a" : "b", ["a", "b"]) with { Strength = 1 },
        }).ToList();
        var (used, scale) = (AgreementFigures.Of(rankings, 1, 1).Ac2!.Value, AgreementFigures.Of(rankings, 1, 3).Ac2!.Value);
        // q = 3: weights of −1 and 1 are 0, p_a = ½, p_e = 17/18 · ½. q = 7: 1 − 3/21, p_a = 13/14, T_w = 7 + 12·20/21 + 10·18/21 + 8·15/21 + 6·11/21 + 4·6/21 = 37, p_e = 37/42 · ½.
        Assert.Equal((0.5 - 17.0 / 36) / (1 - 17.0 / 36), used, 12);
        Assert.Equal((13.0 / 14 - 37.0 / 84) / (1 - 37.0 / 84), scale, 12);
        // Stronger ones that a file brought widen it.
        Assert.Equal(scale, AgreementFigures.Of(rankings.Append(Ranking(99, "p1", "a", ["a", "b"]) with { Strength = 3 }), 1, 1).Ac2!.Value, 0.02);
    }

    [Fact]
    public void Of_NobodyOverlaps_SaysNothing()
    {
        var figures = AgreementFigures.Of([Ranking(1, "p1", "a", ["a", "b"]), Ranking(2, "p2", "b", ["a", "b"])], 1);
        Assert.Equal(new(0, null, null, null, null), figures);
        Assert.Equal(figures, AgreementFigures.Of([], 1));
    }

    [Fact]
    public void Sums_OfTwoBatches_GiveTheAlphaOfAllTogether()
    {
        var all = Voted(100).ToList();
        var comparisons = all.Select(r => r.Comparison).Distinct().Select(id => new Comparison(id, new("demo-r1-b00001"), new(new("p"), [], Split.Train), [], ComparisonKind.Ordinary, 1, 2)).ToList();
        var apart = AgreementSums.Of(comparisons.GetRange(0, 40), all) + AgreementSums.Of(comparisons.GetRange(40, 60), all);
        Assert.Equal(AgreementFigures.Of(all, 1).Alpha!.Value, apart.Alpha!.Value, 12);
        Assert.Null(AgreementSums.Empty.Alpha);
    }

    /// <summary>Two annotators, who differ on every fourth comparison.</summary>
    private static IEnumerable<Ranking> Voted(int comparisons) => Enumerable.Range(0, comparisons).SelectMany(i => new[]
    {
        Ranking(i, "p1", i / 4 % 2 == 0 ? "a" : "b", ["a", "b"]),
        Ranking(i, "p2", i / 4 % 2 == 0 ^ i % 4 == 3 ? "a" : "b", ["b", "a"]),
    });

    private static Ranking Ranking(int comparison, string annotator, string winner, string[] shown) => new(
        new($"c{comparison}"), new("demo-r1-b00001"), AnnotatorId.From(annotator), AnnotatorKind.Person, RankingOutcome.Ranked,
        [[winner], [winner == "a" ? "b" : "a"]], shown, DateTimeOffset.UnixEpoch);
}
