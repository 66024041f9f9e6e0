using Rlhf.Labeling;
using Rlhf.Labeling.Quality;

namespace Rlhf.Core.Tests.Labeling.Quality;

public sealed class GoldRulesTests
{
    private static readonly GoldAnswer Gold = new(RankingOutcome.Ranked, [["a"], ["b", "c"]]);

    [Fact]
    public void IsRight_WhatTheGoldTellsApart_MustBeToldApart()
    {
        Assert.True(GoldRules.IsRight(Gold, Ranked(["a"], ["b", "c"])));
        Assert.True(GoldRules.IsRight(Gold, Ranked(["a"], ["c"], ["b"])));
        Assert.False(GoldRules.IsRight(Gold, Ranked(["a", "b"], ["c"])));
        Assert.False(GoldRules.IsRight(Gold, Ranked(["b"], ["a"], ["c"])));
        Assert.False(GoldRules.IsRight(Gold, Ranked(["a"], ["b"])));
    }

    [Fact]
    public void IsRight_BothBad_IsItsOwnAnswer()
    {
        var bad = new GoldAnswer(RankingOutcome.BothBad, []);
        Assert.True(GoldRules.IsRight(bad, Ranked() with { Outcome = RankingOutcome.BothBad }));
        Assert.False(GoldRules.IsRight(bad, Ranked(["a"], ["b"])));
        Assert.False(GoldRules.IsRight(Gold, Ranked() with { Outcome = RankingOutcome.BothBad }));
    }

    private static Ranking Ranked(params string[][] tiers) => new(
        new("c1"), new("demo-r1-b00001"), AnnotatorId.From("p1"), AnnotatorKind.Person, RankingOutcome.Ranked, tiers, ["a", "b", "c"], DateTimeOffset.UnixEpoch);
}
