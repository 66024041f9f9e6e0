using System.Globalization;

namespace Rlhf.Bench.Ordering;

/// <summary>The arms side by side: means over seeds with 95% intervals (Student's t over seeds), and what an arm saves against the first one.</summary>
public static class Report
{
    /// <summary>Two-sided 95% quantiles of Student's t, by degrees of freedom.</summary>
    private static readonly double[] StudentQuantiles = [double.NaN, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

    public static void Write(TextWriter output, IReadOnlyList<Arm> arms, IReadOnlyList<long> seeds, IReadOnlyList<int> budgets, IReadOnlyDictionary<(string Arm, long Seed), IReadOnlyList<Point>> points)
    {
        output.WriteLine($"\n| arm | rankings | accuracy against the rule | against the labels | heads, against the rule | ties | more accurate than {arms[0].Name}, points | saved: {arms[0].Name} needs so many more for this accuracy | saved: so many fewer for {arms[0].Name}'s accuracy |\n|---|---|---|---|---|---|---|---|---|");
        foreach (var arm in arms)
        {
            for (var b = 0; b < budgets.Count; b++)
            {
                IReadOnlyList<double> Of(Func<Point, double> figure) => [.. seeds.Select(s => 100 * figure(points[(arm.Name, s)][b]))];
                var isFirst = arm == arms[0];
                var gain = isFirst ? "" : Interval([.. seeds.Select(s => 100 * (points[(arm.Name, s)][b].Rule - points[(arms[0].Name, s)][b].Rule))], "f1");
                // A curve says nothing behind its end, and of losses before its beginning.
                var saved = isFirst || b == 0 || b == budgets.Count - 1 ? "" : Saved(arms[0], b, sign: 1);
                var fewer = isFirst || b == 0 ? "" : Saved(arm, b, sign: -1);
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {arm.Name} | {budgets[b]} | {Interval(Of(p => p.Rule), "f1")} | {Interval(Of(p => p.Labels), "f1")} | {Interval(Of(p => p.Heads), "f1")} | {Interval(Of(p => p.Ties), "f1")} | {gain} | {saved} | {fewer} |"));
            }

            // Along the mean curve of one arm, by what each seed gains: one seed's curve goes up and down by more than that.
            string Saved(Arm along, int b, int sign)
            {
                double Mean(int i) => seeds.Average(s => points[(along.Name, s)][i].Rule);
                var curve = Rising([.. budgets.Select((budget, i) => ((double)budget, Mean(i)))]);
                return Interval([.. seeds.Select(s => sign * (Needed(curve, Mean(b) + (sign * (points[(arm.Name, s)][b].Rule - points[(arms[0].Name, s)][b].Rule))) - budgets[b]))], "f0");
            }
        }
    }

    /// <summary>Rankings with which the curve is as accurate, interpolated; bounded by its ends.</summary>
    internal static double Needed(IReadOnlyList<(double Rankings, double Accuracy)> curve, double accuracy)
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
    internal static IReadOnlyList<(double Rankings, double Accuracy)> Rising(IReadOnlyList<(double Rankings, double Accuracy)> curve)
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

    private static string Interval(IReadOnlyList<double> values, string format)
    {
        var mean = values.Average();
        if (values.Count < 2) return mean.ToString(format, CultureInfo.InvariantCulture);
        var deviation = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
        var reach = StudentQuantiles[values.Count - 1] * deviation / Math.Sqrt(values.Count);
        string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return $"{Text(mean)} ({Text(mean - reach)} to {Text(mean + reach)})";
    }
}
