using System.Globalization;

namespace Rlhf.Bench.Functions;

/// <summary>What is printed of a campaign, ours or the obvious design's.</summary>
internal static class Figures
{
    /// <param name="marks">Start, all open, rested, all ranked, all pairs there.</param>
    public static void Requests(LoadOptions options, TimeSpan idle, AccessLog log, IReadOnlyList<AccessLog.Mark> marks)
    {
        var phases = new[] { log.Count(marks[0], marks[1]), log.Count(marks[2], marks[3]), log.Count(marks[3], marks[4]) };
        Report("a comparison, prompt to pair", phases, options.Prompts);
        Report("  until all batches wait", phases[..1], options.Prompts);
        Report("  ranking", phases[1..2], options.Prompts);
        Report("  until all pairs are there", phases[2..], options.Prompts);
        Report("an idle minute", [log.Count(marks[1], marks[2])], idle.TotalMinutes);
    }

    public static void Latencies(string what, IEnumerable<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToList();
        Print($"{what}: p50 {sorted[sorted.Count / 2]:0} ms, p99 {sorted[sorted.Count * 99 / 100]:0} ms, n {sorted.Count}");
    }

    private static void Report(string what, IEnumerable<IReadOnlyDictionary<AccessLog.Request, int>> counted, double per)
    {
        var all = counted.SelectMany(c => c).GroupBy(c => c.Key, c => c.Value).ToDictionary(g => g.Key, g => g.Sum() / per);
        double Of(string service) => all.Where(c => c.Key.Service == service).Sum(c => c.Value);
        Print($"storage requests, {what}: {all.Values.Sum():0.0} (blob {Of("blob"):0.00} / queue {Of("queue"):0.00} / table {Of("table"):0.00})");
        foreach (var (request, count) in all.OrderByDescending(c => c.Value).Where(c => c.Value >= 0.01)) Print($"    {count,7:0.00}  {request.Service} {request.Cause}");
    }

    public static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
