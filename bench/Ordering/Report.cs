using System.Globalization;

namespace Rlhf.Bench.Ordering;

/// <summary>The arms side by side: means over seeds with 95% intervals (Student's t over seeds), and what an arm saves against the first one (<see cref="SavedRankings"/>).</summary>
public static class Report
{
    /// <summary>Two-sided 95% quantiles of Student's t, by degrees of freedom.</summary>
    private static readonly double[] StudentQuantiles = [double.NaN, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

    public static void Write(TextWriter output, IReadOnlyList<Arm> arms, IReadOnlyList<long> seeds, IReadOnlyList<int> budgets, IReadOnlyDictionary<(string Arm, long Seed), IReadOnlyList<Point>> points)
    {
        output.WriteLine($"\n| arm | rankings | accuracy against the rule | against the labels | heads, against the rule | ties | more accurate than {arms[0].Name}, points | saved: {arms[0].Name} needs so many more for this accuracy | saved: so many fewer for {arms[0].Name}'s accuracy |\n|---|---|---|---|---|---|---|---|---|");
        foreach (var arm in arms)
        {
            var saved = new SavedRankings(budgets, CurvesOf(arms[0]), CurvesOf(arm));
            for (var b = 0; b < budgets.Count; b++)
            {
                IReadOnlyList<double> Of(Func<Point, double> figure) => [.. seeds.Select(s => 100 * figure(points[(arm.Name, s)][b]))];
                var isFirst = arm == arms[0];
                var gain = isFirst ? "" : Interval([.. seeds.Select(s => 100 * (points[(arm.Name, s)][b].Rule - points[(arms[0].Name, s)][b].Rule))], "f1");
                // A curve says nothing behind its end, and of losses before its beginning.
                var more = isFirst || b == 0 || b == budgets.Count - 1 ? "" : Text(saved.More(b));
                var fewer = isFirst || b == 0 ? "" : Text(saved.Fewer(b));
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {arm.Name} | {budgets[b]} | {Interval(Of(p => p.Rule), "f1")} | {Interval(Of(p => p.Labels), "f1")} | {Interval(Of(p => p.Heads), "f1")} | {Interval(Of(p => p.Ties), "f1")} | {gain} | {more} | {fewer} |"));
            }
        }

        IReadOnlyList<IReadOnlyList<double>> CurvesOf(Arm arm) => [.. seeds.Select(s => (IReadOnlyList<double>)[.. points[(arm.Name, s)].Select(p => p.Rule)])];
    }

    private static string Text((double Value, double Low, double High) saved) => string.Create(CultureInfo.InvariantCulture, $"{saved.Value:f0} ({saved.Low:f0} to {saved.High:f0})");

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
