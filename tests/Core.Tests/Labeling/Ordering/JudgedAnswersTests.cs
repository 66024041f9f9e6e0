using Rlhf.Generation;
using Rlhf.Labeling;
using Rlhf.Labeling.Ordering;
using Rlhf.Preferences;
using Rlhf.Prompts;

namespace Rlhf.Core.Tests.Labeling.Ordering;

public sealed class JudgedAnswersTests
{
    private static readonly PairOptions Rule = new(Soft: false, [AnnotatorKind.Person], []);

    [Fact]
    public void Of_ThreeAnswersInTiers_GivesAnExampleForEachTwoAndHalfForATie()
    {
        var comparison = Make("c1", Split.Train, "best", "good", "also good");
        var examples = Assert.Single(Judged(comparison, Rank(comparison, [["a0"], ["a1", "a2"]])));

        Assert.Equal([1f, 1f, 0.5f], examples.Select(e => e.Preference));
        Assert.All(examples, e => Assert.Equal(1f / 3, e.Weight));
        Assert.Equal([-1f, 0f], examples[0].Difference);
        Assert.Equal([-2f, 0f], examples[1].Difference);
    }

    [Fact]
    public void Of_SeveralAnnotators_IsTheShareOfTheirVotes()
    {
        var comparison = Make("c1", Split.Train, "one", "other");
        var examples = Assert.Single(Judged(comparison, [.. Rank(comparison, [["a0"], ["a1"]], "ann"), .. Rank(comparison, [["a0"], ["a1"]], "bob"), .. Rank(comparison, [["a1"], ["a0"]], "cyd"), .. Rank(comparison, [["a0", "a1"]], "dan")]));
        Assert.Equal(0.625f, Assert.Single(examples).Preference);
    }

    [Theory]
    [InlineData(Split.Validation)]
    [InlineData(Split.Test)]
    public void Of_ValidationAndTest_ChooseNothing(Split split)
    {
        var comparison = Make("c1", split, "one", "other");
        Assert.Empty(Judged(comparison, Rank(comparison, [["a0"], ["a1"]])));
    }

    [Fact]
    public void Of_WhatDoesNotCountForPairs_TeachesNothing()
    {
        var comparison = Make("c1", Split.Train, "one", "other");
        var rankings = Rank(comparison, [["a0"], ["a1"]]);
        Assert.Empty(Judged(comparison, [rankings[0] with { AnnotatorKind = AnnotatorKind.Llm }]));
        Assert.Empty(Judged(comparison, [rankings[0] with { Extra = true }]));
        Assert.Empty(Judged(comparison, [rankings[0] with { Outcome = RankingOutcome.BothBad, Tiers = [] }]));
        Assert.Empty(JudgedAnswers.Of([comparison], rankings, Rule with { LeftOut = [comparison.Id] }, Features(comparison)));
        Assert.Empty(JudgedAnswers.Of([comparison], rankings, Rule, new Dictionary<ComparisonId, IReadOnlyList<float[]>>()));
        Assert.Empty(Judged(Make("c2", Split.Train, "same", "same"), Rank(Make("c2", Split.Train), [["a0"], ["a1"]])));
    }

    private static IReadOnlyList<IReadOnlyList<HeadExample>> Judged(Comparison comparison, IReadOnlyList<Ranking> rankings) => [.. JudgedAnswers.Of([comparison], rankings, Rule, Features(comparison))];

    private static Dictionary<ComparisonId, IReadOnlyList<float[]>> Features(Comparison comparison) => new() { [comparison.Id] = [.. comparison.Answers.Select((_, i) => new float[] { i, 7 })] };

    private static Comparison Make(string id, Split split, params string[] answers) =>
        new(new(id), new("demo-r1-b00001"), new(new("p"), [new(MessageRole.User, "Hi")], split), [.. answers.Select((text, i) => new Answer($"a{i}", text, "base", FinishReason.Stop, i))], ComparisonKind.Ordinary, 1, 1);

    private static IReadOnlyList<Ranking> Rank(Comparison comparison, IReadOnlyList<IReadOnlyList<string>> tiers, string annotator = "ann") =>
        [new(comparison.Id, comparison.Batch, new(annotator), AnnotatorKind.Person, RankingOutcome.Ranked, tiers, [], DateTimeOffset.UnixEpoch)];
}
