using Rlhf.Statistics;

namespace Rlhf.Bench.Ordering;

/// <summary>How many rankings one order saves against another at the same accuracy, with a paired bootstrap over seeds: a resample draws seeds with both of their curves, and both mean curves are made anew from it,
/// so that the interval knows that neither is known exactly. With few seeds it is somewhat narrow all the same.</summary>
/// <param name="Rankings">At which the curves were measured, rising.</param>
/// <param name="Base">Accuracy by seed and budget of the order that is held against.</param>
/// <param name="Other">Of the other order, the same seeds.</param>
public sealed record SavedRankings(IReadOnlyList<int> Rankings, IReadOnlyList<IReadOnlyList<double>> Base, IReadOnlyList<IReadOnlyList<double>> Other)
{
    /// <summary>How many more rankings the base needs for the other's accuracy at a budget.</summary>
    public (double Value, double Low, double High) More(int budget) => Of(drawn => Needed(Curve(Base, drawn), Mean(Other, drawn, budget)) - Rankings[budget]);

    /// <summary>How many fewer rankings give the other the base's accuracy at a budget.</summary>
    public (double Value, double Low, double High) Fewer(int budget) => Of(drawn => Rankings[budget] - Needed(Curve(Other, drawn), Mean(Base, drawn, budget)));

    private (double Value, double Low, double High) Of(Func<int[], double> figure)
    {
        int[] once = [.. Enumerable.Repeat(1, Base.Count)];
        var (low, high) = Bootstrap.Intervals(once, drawn => [figure(drawn)], seed: 1)[0]!.Value;
        return (figure(once), low, high);
    }

    private IReadOnlyList<(double Rankings, double Accuracy)> Curve(IReadOnlyList<IReadOnlyList<double>> arm, int[] drawn) =>
        Rising([.. Rankings.Select((rankings, budget) => ((double)rankings, Mean(arm, drawn, budget)))]);

    /// <param name="drawn">How often each seed was drawn.</param>
    private static double Mean(IReadOnlyList<IReadOnlyList<double>> arm, int[] drawn, int budget) => arm.Select((seed, i) => drawn[i] * seed[budget]).Sum() / drawn.Sum();

    /// <summary>Rankings with which the curve is as accurate, interpolated; bounded by its ends.</summary>
    public static double Needed(IReadOnlyList<(double Rankings, double Accuracy)> curve, double accuracy)
    {
        if (accuracy <= curve[0].Accuracy) return curve[0].Rankings;
        for (var i = 1; i < curve.Count; i++)
        {
            if (accuracy > curve[i].Accuracy) continue;
            var (below, above) = (curve[i - 1], curve[i]);
            return below.Rankings + ((above.Rankings - below.Rankings) * (accuracy - below.Accuracy) / (above.Accuracy - below.Accuracy));
        }
        return curve[^1].Rankings;
    }

    /// <summary>More rankings are never worse but for chance: neighbours that fall are pooled (isotonic regression).</summary>
    public static IReadOnlyList<(double Rankings, double Accuracy)> Rising(IReadOnlyList<(double Rankings, double Accuracy)> curve)
    {
        var blocks = new List<(double Sum, int Count)>();
        foreach (var (_, accuracy) in curve)
        {
            blocks.Add((accuracy, 1));
            while (blocks.Count > 1 && blocks[^1].Sum / blocks[^1].Count < blocks[^2].Sum / blocks[^2].Count)
            {
                blocks[^2] = (blocks[^2].Sum + blocks[^1].Sum, blocks[^2].Count + blocks[^1].Count);
                blocks.RemoveAt(blocks.Count - 1);
            }
        }
        return [.. blocks.SelectMany(b => Enumerable.Repeat(b.Sum / b.Count, b.Count)).Zip(curve, (accuracy, point) => (point.Rankings, accuracy))];
    }
}
