using Rlhf.Labeling;
using Rlhf.Preferences;
using Rlhf.Prompts;

namespace Rlhf.Core.Tests.Preferences;

public sealed class EvenPairsTests
{
    [Fact]
    public void LeaveOut_TheOthersOfAComparison_WeighWhatItDid()
    {
        var pairs = EvenPairs.LeaveOut([Pair("one", 1.0 / 3, 1), Pair("one", 1.0 / 3, 0.5), Pair("one", 1.0 / 3, 0.75), Pair("two", 0.5, 0.6), Pair("two", 0.5, 1), Pair("three", 1, 0.5)]);
        Assert.Equal([("one", 0.5, 1.0), ("one", 0.5, 0.75), ("two", 0.5, 0.6), ("two", 0.5, 1.0)], pairs.Select(p => (p.Comparison.Value, Math.Round(p.Weight, 12), p.Preference)));
    }

    [Fact]
    public void LeaveOut_NoneIsEven_IsTheSameList()
    {
        IReadOnlyList<PreferencePair> pairs = [Pair("one", 1, 0.51)];
        Assert.Same(pairs, EvenPairs.LeaveOut(pairs));
    }

    private static PreferencePair Pair(string comparison, double weight, double preference) =>
        new(new(comparison), new("p"), [], "better", "worse", Split.Train, weight, preference, 1, [AnnotatorKind.Person], 1, 2);
}
