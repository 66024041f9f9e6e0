using Rlhf.Generation;
using Rlhf.Judging;
using Rlhf.Labeling;
using Rlhf.Preferences;
using Rlhf.Prompts;
using Rlhf.Training;

namespace Rlhf.Core.Tests.Judging;

public sealed class RewardAccuracyTests
{
    private static readonly List<TestComparison> Comparisons = [.. Enumerable.Range(0, 4).Select(i => new TestComparison(
        new($"c{i}"), new($"p{i}"), [new(MessageRole.User, "Hello?")], [new("a", $"good {i}", FinishReason.Stop), new("b", $"bad {i}", FinishReason.Stop)]))];

    /// <summary>Right in the first three, wrong in the last.</summary>
    private static readonly List<ScoredComparison> Scored = [.. Comparisons.Select((c, i) => new ScoredComparison(c.Comparison, new Dictionary<string, double>
    {
        ["a"] = i < 3 ? 1 : -1,
        ["b"] = 0,
    }))];

    [Fact]
    public void AgainstRule_EveryComparisonCountsAndEqualOnesAreLeftOut()
    {
        var figure = RewardAccuracy.AgainstRule(Comparisons, Scored, (_, text) => text.StartsWith("good", StringComparison.Ordinal) ? 1 : 0, 1)!;
        Assert.Equal((0.75, 4, 0), (figure.Share, figure.Count, figure.LeftOut));
        Assert.Equal(4, RewardAccuracy.AgainstRule(Comparisons, [.. Scored, .. Scored], (_, text) => text.StartsWith("good", StringComparison.Ordinal) ? 1 : 0, 1)!.Count);
        Assert.Null(RewardAccuracy.AgainstRule(Comparisons, Scored, (_, _) => 1, 1));
        var some = RewardAccuracy.AgainstRule(Comparisons, Scored, (_, text) => text == "good 0" ? 1 : 0, 1)!;
        Assert.Equal((1.0, 1, 3), (some.Share, some.Count, some.LeftOut));
    }

    [Fact]
    public void AgainstLabels_TakesThePairsOfItsComparisonsAndNoOthers()
    {
        var pairs = new[] { Pair(0, "good 0", "bad 0"), Pair(1, "bad 1", "good 1"), Pair(9, "good 9", "bad 9") };
        var figure = RewardAccuracy.AgainstLabels(Comparisons, Scored, pairs, 1)!;
        Assert.Equal((0.5, 2, 2), (figure.Share, figure.Count, figure.LeftOut));
    }

    [Fact]
    public void NothingScored_IsNull() => Assert.Null(RewardAccuracy.AgainstRule(Comparisons, [], (_, text) => text.Length, 1));

    private static PreferencePair Pair(int number, string chosen, string rejected) => new(
        new($"c{number}"), new($"p{number}"), [], chosen, rejected, Split.Test, 1, 1, 1, [AnnotatorKind.Person], 1, 1);
}
