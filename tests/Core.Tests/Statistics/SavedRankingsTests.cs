using Rlhf.Bench.Ordering;

namespace Rlhf.Core.Tests.Statistics;

public sealed class SavedRankingsTests
{
    private static readonly int[] Budgets = [100, 200, 300];

    [Fact]
    public void Fewer_CurvesThatDifferAlikeInEverySeed_AreCertain()
    {
        var saved = new SavedRankings(Budgets, [[0.5, 0.6, 0.7], [0.5, 0.6, 0.7]], [[0.55, 0.65, 0.75], [0.55, 0.65, 0.75]]);
        foreach (var (value, low, high) in new[] { saved.More(1), saved.Fewer(1), saved.Fewer(2) }) Assert.Equal((50.0, 50.0, 50.0), (Math.Round(value, 6), Math.Round(low, 6), Math.Round(high, 6)));
    }

    [Fact]
    public void Fewer_TheGainIsTheSameAndTheCurvesSlopeIsNot_IsUncertain()
    {
        // Every seed gains 0.02; how many rankings that is worth hangs on how steep the curve is, which differs.
        double[][] random = [[0.50, 0.52, 0.54], [0.50, 0.60, 0.70], [0.50, 0.70, 0.90]];
        var saved = new SavedRankings(Budgets, random, [.. random.Select(seed => seed.Select(a => a + 0.02).ToArray())]).Fewer(2);
        Assert.True(saved.Low < saved.Value && saved.Value < saved.High, $"{saved}");
        Assert.Equal(10, saved.Low, 1);
        Assert.Equal(100, saved.High, 1);
    }

    [Fact]
    public void Rising_NeighboursThatFall_ArePooled() =>
        Assert.Equal([(1, 0.5), (2, 0.65), (3, 0.65)], SavedRankings.Rising([(1, 0.5), (2, 0.7), (3, 0.6)]).Select(p => (p.Rankings, Math.Round(p.Accuracy, 9))));
}
