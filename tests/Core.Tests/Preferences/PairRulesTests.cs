using CsCheck;
using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Labeling;
using Rlhf.Preferences;
using Rlhf.Prompts;

namespace Rlhf.Core.Tests.Preferences;

public sealed class PairRulesTests
{
    private static readonly PairOptions Hard = new(Soft: false, [AnnotatorKind.Person], []);
    private static readonly PairOptions Soft = Hard with { Soft = true };

    [Fact]
    public void TwoAnswers_OneRanking_GiveOnePairOfWeightOne()
    {
        var pair = Assert.Single(PairRules.Of([Comparison(2)], [Ranked("p1", ["b"], ["a"])], Hard).Pairs);
        Assert.Equal(("text b", "text a", 1.0, 1.0, 1.0, 1), (pair.Chosen, pair.Rejected, pair.Weight, pair.Preference, pair.Agreement, pair.Rankings));
        Assert.Equal(new FinishReasonPair(FinishReason.Stop, FinishReason.Stop), pair.FinishReasons);
    }

    [Fact]
    public void Disagreement_MajorityWinsAndTheShareIsKept()
    {
        Ranking[] rankings = [Ranked("p1", ["a"], ["b"]), Ranked("p2", ["a"], ["b"]), Ranked("p3", ["b"], ["a"]), Ranked("p4", ["a", "b"])];
        var hard = Assert.Single(PairRules.Of([Comparison(2)], rankings, Hard).Pairs);
        Assert.Equal(("text a", 1.0, 4), (hard.Chosen, hard.Preference, hard.Rankings));
        Assert.Equal(2.0 / 3, hard.Agreement, 12);
        Assert.Equal(2.5 / 4, Assert.Single(PairRules.Of([Comparison(2)], rankings, Soft).Pairs).Preference, 12);
    }

    [Fact]
    public void AllVotes_EachPreferenceIsAPair_TogetherTheyWeighAComparison()
    {
        Ranking[] rankings = [Ranked("p1", ["a"], ["b"]), Ranked("p2", ["a"], ["b"]), Ranked("p3", ["b"], ["a"]), Ranked("p4", ["a", "b"])];
        var pairs = PairRules.Of([Comparison(2)], rankings, Hard with { Voting = PairVoting.AllVotes }).Pairs;
        Assert.Equal([("text a", 2.0 / 3), ("text a", 2.0 / 3), ("text b", 1.0 / 3)], pairs.Select(p => (p.Chosen, p.Agreement)));
        Assert.All(pairs, p => Assert.Equal((1.0 / 3, 1.0, 1), (p.Weight, p.Preference, p.Rankings)));
        Assert.Empty(PairRules.Of([Comparison(2)], [Ranked("p4", ["a", "b"])], Hard with { Voting = PairVoting.AllVotes }).Pairs);
    }

    [Fact]
    public void DawidSkene_OneWhoIsRightAgainstTwoWhoErr_IsBelieved()
    {
        var model = new AnnotatorModel(0.1, new Dictionary<AnnotatorId, AnnotatorErrors>
        {
            [AnnotatorId.From("p1")] = new(0.95, 0.03, 0.8),
            [AnnotatorId.From("p2")] = new(0.5, 0.1, 0.5),
            [AnnotatorId.From("p3")] = new(0.5, 0.1, 0.5),
        });
        Ranking[] rankings = [Ranked("p1", ["b"], ["a"]), Ranked("p2", ["a"], ["b"]), Ranked("p3", ["a"], ["b"])];
        var options = Soft with { Voting = PairVoting.DawidSkene };
        var pair = Assert.Single(PairRules.Of([Comparison(2)], rankings, options, model).Pairs);
        Assert.Equal("text b", pair.Chosen);
        Assert.InRange(pair.Preference, 0.85, 0.99);
        Assert.Equal("text a", Assert.Single(PairRules.Of([Comparison(2)], rankings, Soft).Pairs).Chosen);
        // A tie that is the most probable truth gives no pair where the rule is hard.
        Assert.Equal((0, 1), PairRules.Of([Comparison(2)], [Ranked("p1", ["a", "b"])], options with { Soft = false }, model) is var tied ? (tied.Pairs.Count, tied.Ties) : default);
    }

    [Fact]
    public void Balance_IsATie_NoPairWhereHardAndAHalfWhereSoft()
    {
        Ranking[] rankings = [Ranked("p1", ["a"], ["b"]), Ranked("p2", ["b"], ["a"])];
        var hard = PairRules.Of([Comparison(2)], rankings, Hard);
        Assert.Equal((0, 1), (hard.Pairs.Count, hard.Ties));
        Assert.Equal(0.5, Assert.Single(PairRules.Of([Comparison(2)], rankings, Soft).Pairs).Preference);
    }

    [Fact]
    public void Tiers_OfFourAnswers_GivePairsBetweenTiersThatWeighOneTogether()
    {
        var outcome = PairRules.Of([Comparison(4)], [Ranked("p1", ["b"], ["a", "c"])], Hard);
        Assert.Equal([("text b", "text a"), ("text b", "text c")], outcome.Pairs.Select(p => (p.Chosen, p.Rejected)));
        Assert.Equal(1, outcome.Pairs.Sum(p => p.Weight), 12);
        Assert.Equal(1, outcome.Ties);
    }

    [Fact]
    public void WhatDoesNotCount_IsLeftOut()
    {
        var late = DateTimeOffset.UnixEpoch.AddDays(2);
        Ranking[] rankings =
        [
            Ranked("p1", ["a"], ["b"]) with { Extra = true },
            Ranked("p2", ["a"], ["b"]) with { AnnotatorKind = AnnotatorKind.Simulated },
            Ranked("p3", ["a"], ["b"]) with { SubmittedAt = late },
            Ranked("p4", ["a"], ["b"]),
            Ranked("p5") with { Outcome = RankingOutcome.Skip },
            Ranked("p6") with { Outcome = RankingOutcome.BothBad },
        ];
        var options = Hard with { Excluded = [AnnotatorId.From("p4")], CutOff = late.AddDays(-1) };
        Assert.Equal((0, 1), (PairRules.Of([Comparison(2)], rankings, options).Pairs.Count, PairRules.Of([Comparison(2)], rankings, options).BothBad));
        Assert.Empty(PairRules.Of([Comparison(2) with { Kind = ComparisonKind.Test }], rankings, Hard).Pairs);
    }

    [Fact]
    public void SameText_IsCountedAndGivesNoPair()
    {
        var comparison = Comparison(2);
        var same = comparison with { Answers = [.. comparison.Answers.Select(a => a with { Text = "the same" })] };
        var outcome = PairRules.Of([same], [Ranked("p1", ["a"], ["b"])], Hard);
        Assert.Equal((0, 1), (outcome.Pairs.Count, outcome.Identical));
    }

    [Fact]
    public void Margin_IsTheMeanSignedStrength()
    {
        Ranking[] rankings = [Ranked("p1", ["a"], ["b"]) with { Strength = 3 }, Ranked("p2", ["b"], ["a"]) with { Strength = 1 }, Ranked("p3", ["a"], ["b"]) with { Strength = 2 }];
        Assert.Equal((1 - 1.0 / 3 + 2.0 / 3) / 3, Assert.Single(PairRules.Of([Comparison(2)], rankings, Hard with { UseMargin = true }).Pairs).Margin!.Value, 12);
        Assert.Null(Assert.Single(PairRules.Of([Comparison(2)], rankings, Hard).Pairs).Margin);
    }

    [Fact]
    public void AnyRankings_PairsAreConsistent()
    {
        GenRankings.Sample(rankings =>
        {
            var outcome = PairRules.Of([Comparison(4)], rankings, Soft);
            var pairs = outcome.Pairs;
            Assert.True(pairs.Count == 0 || Math.Abs(pairs.Sum(p => p.Weight) - 1) < 1e-9);
            Assert.All(pairs, p => Assert.InRange(p.Preference, 0.5, 1));
            Assert.All(pairs, p => Assert.NotEqual(p.Chosen, p.Rejected));
            Assert.Equal(pairs.Count, pairs.Select(p => string.CompareOrdinal(p.Chosen, p.Rejected) < 0 ? (p.Chosen, p.Rejected) : (p.Rejected, p.Chosen)).Distinct().Count());
            // Hard keeps exactly the pairs that do not balance, and chooses the same way.
            var hard = PairRules.Of([Comparison(4)], rankings, Hard).Pairs;
            Assert.Equal(pairs.Where(p => p.Preference > 0.5 + 1e-12).Select(p => (p.Chosen, p.Rejected)), hard.Select(p => (p.Chosen, p.Rejected)));
        });
    }

    [Theory]
    [InlineData(PairVoting.Majority)]
    [InlineData(PairVoting.AllVotes)]
    [InlineData(PairVoting.DawidSkene)]
    public void BestAndWorst_WhatLiesBetween_GivesNeitherTiesNorPairs(PairVoting voting)
    {
        var options = Soft with { Voting = voting, ManyAnswers = ManyAnswersMode.BestAndWorst };
        Ranking[] rankings = [Ranked("p1", ["a"], ["b", "c", "d"], ["e"]), Ranked("p2", ["a"], ["b", "c", "d"], ["e"])];
        var outcome = PairRules.Of([Comparison(5)], rankings, options);
        Assert.Equal(0, outcome.Ties);
        // a over four, three over e.
        Assert.Equal(7, outcome.Pairs.Select(p => (p.Chosen, p.Rejected)).Distinct().Count());
        Assert.All(outcome.Pairs, p => Assert.True(p.Chosen == "text a" || p.Rejected == "text e"));
        Assert.All(PairRules.VotesOf([Comparison(5)], rankings, options), votes => Assert.DoesNotContain(votes, v => v.Vote == AnswerVote.Tie));
        // All in one tier is a judgement: they are the same.
        Assert.Equal(10, PairRules.Of([Comparison(5)], [Ranked("p1", ["a", "b", "c", "d", "e"])], options).Ties);
        Assert.Equal(3, PairRules.Of([Comparison(5)], rankings, options with { ManyAnswers = ManyAnswersMode.Tiers }).Ties);
    }

    [Fact]
    public void AnyRankings_TheirOrderDoesNotMatter()
    {
        GenRankings.Sample(rankings =>
            Assert.Equal(Show(PairRules.Of([Comparison(4)], rankings, Soft)), Show(PairRules.Of([Comparison(4)], rankings.Reverse(), Soft))));
    }

    [Fact]
    public void AnyRankings_TurnedAround_TurnThePairsAround()
    {
        GenRankings.Sample(rankings =>
        {
            var turned = rankings.Select(r => r with { Tiers = [.. r.Tiers.Reverse()] });
            Assert.Equal(
                PairRules.Of([Comparison(4)], rankings, Hard).Pairs.Select(p => (p.Chosen, p.Rejected)).Order(),
                PairRules.Of([Comparison(4)], turned, Hard).Pairs.Select(p => (p.Rejected, p.Chosen)).Order());
        });
    }

    private static readonly Gen<Ranking[]> GenRankings =
        Gen.Select(Gen.Int[0, 4].Array[4], Gen.Int[0, 5], (tiers, outcome) => (tiers, outcome)).Array[0, 6].Select(drawn => drawn.Select((d, i) => ToRanking(d.tiers, d.outcome, i)).ToArray());

    /// <summary>Each answer's tier is drawn; 4 leaves it out.</summary>
    private static Ranking ToRanking(int[] tiers, int outcome, int annotator)
    {
        var grouped = tiers.Select((tier, i) => (tier, Id: ((char)('a' + i)).ToString())).Where(t => t.tier < 4).GroupBy(t => t.tier).OrderBy(g => g.Key)
            .Select(g => g.Select(t => t.Id).ToArray()).ToArray();
        return Ranked($"p{annotator}", grouped) with { Outcome = outcome switch { 0 => RankingOutcome.Skip, 1 => RankingOutcome.BothBad, _ => RankingOutcome.Ranked } };
    }

    private static string Show(PairOutcome outcome) => Rlhf.Storage.StorageExtensions.ToBody(outcome);

    private static Comparison Comparison(int answers) => new(
        new("c1"), new("demo-r1-b00001"), new(new("p1"), [new(MessageRole.User, "Hello?")], Split.Train),
        [.. Enumerable.Range(0, answers).Select(i => ((char)('a' + i)).ToString()).Select(id => new Answer(id, $"text {id}", "base", FinishReason.Stop, 1))],
        ComparisonKind.Ordinary, 1, 1);

    private static Ranking Ranked(string annotator, params string[][] tiers) => new(
        new("c1"), new("demo-r1-b00001"), AnnotatorId.From(annotator), AnnotatorKind.Person, RankingOutcome.Ranked, tiers, ["a", "b"], DateTimeOffset.UnixEpoch);
}
