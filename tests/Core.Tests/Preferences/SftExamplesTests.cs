using Rlhf.Generation;
using Rlhf.Labeling;
using Rlhf.Preferences;
using Rlhf.Prompts;

namespace Rlhf.Core.Tests.Preferences;

public sealed class SftExamplesTests
{
    private static readonly BatchId Batch = BatchId.From("demo-r1-b00001");

    [Fact]
    public void OwnAnswers_StandBeforePreferredOnes_AndShareTheWeight()
    {
        Ranking[] rankings = [Ranked("p1", ["a"], ["b"]) with { BetterAnswer = "Mine." }, Ranked("p2", ["a"], ["b"]), Ranked("p3") with { Outcome = RankingOutcome.BothBad, BetterAnswer = " Hers. " }];
        var examples = SftExamples.Of(Comparison(), rankings);
        Assert.Equal([("Mine.", 0.5, SftSource.Own), ("Hers.", 0.5, SftSource.Own)], examples.Select(e => (e.Answer, e.Weight, e.Source)));
    }

    [Fact]
    public void Preferred_IsWhatMoreThanHalfAlonePutFirst()
    {
        Ranking[] rankings = [Ranked("p1", ["b"], ["a"]), Ranked("p2", ["b"], ["a"]), Ranked("p3", ["a", "b"])];
        var example = Assert.Single(SftExamples.Of(Comparison(), rankings));
        Assert.Equal(("text b", 1.0, SftSource.Preferred), (example.Answer, example.Weight, example.Source));
        Assert.Empty(SftExamples.Of(Comparison(), [rankings[0], rankings[2]]));
        Assert.Empty(SftExamples.Of(Comparison(), []));
    }

    [Fact]
    public void CutOffAnswers_AndTestComparisons_GiveNone()
    {
        Ranking[] rankings = [Ranked("p1", ["b"], ["a"])];
        Assert.Empty(SftExamples.Of(Comparison(FinishReason.Length), rankings));
        Assert.Empty(SftExamples.Of(Comparison() with { Kind = ComparisonKind.Test }, rankings));
    }

    private static Comparison Comparison(FinishReason ofB = FinishReason.Stop) => new(
        ComparisonId.From("c1"), Batch, new Prompt(PromptId.From("p"), [new(MessageRole.User, "Hello?")], Split.Train),
        [new("a", "text a", "base", FinishReason.Stop, 1), new("b", "text b", "base", ofB, 2)], ComparisonKind.Ordinary, 1, 1);

    private static Ranking Ranked(string annotator, params IReadOnlyList<string>[] tiers) => new(
        ComparisonId.From("c1"), Batch, AnnotatorId.From(annotator), AnnotatorKind.Person, RankingOutcome.Ranked, tiers, ["a", "b"], DateTimeOffset.UnixEpoch);
}
