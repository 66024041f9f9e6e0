using System.Diagnostics;
using System.Globalization;

namespace Rlhf.Bench.Local;

internal static class Measure
{
    /// <summary>Runs <paramref name="operation"/> <paramref name="count"/> times from some clients at once, and prints the rate and the latencies.</summary>
    public static async Task LatencyAsync(string what, int clients, int count, Func<int, Task> operation)
    {
        var next = -1;
        var latencies = new double[count];
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < count;)
            {
                var begun = Stopwatch.GetTimestamp();
                await operation(i);
                latencies[i] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            }
        })));
        var rate = count / Stopwatch.GetElapsedTime(start).TotalSeconds;
        Array.Sort(latencies);
        Print(what, $"{rate,8:0}/s   p50 {latencies[count / 2],7:0.00} ms   p99 {latencies[count * 99 / 100],7:0.00} ms");
    }

    /// <summary>Prints how many of <paramref name="count"/> things a second got done.</summary>
    public static async Task RateAsync(string what, int count, Func<Task> all)
    {
        var start = Stopwatch.GetTimestamp();
        await all();
        Print(what, $"{count / Stopwatch.GetElapsedTime(start).TotalSeconds,8:0}/s");
    }

    private static void Print(string what, FormattableString result) => Console.WriteLine($"{what,-48} {result.ToString(CultureInfo.InvariantCulture)}");
}
