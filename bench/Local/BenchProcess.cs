using System.Diagnostics;
using System.Globalization;

namespace Rlhf.Bench.Local;

/// <summary>One measurement in a process of its own, so that its memory is its own too.</summary>
internal static class BenchProcess
{
    public const string Columns = "seconds     CPU s   peak MB   file MB";

    /// <returns>The last line that it wrote.</returns>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(BenchProcess).Assembly.Location);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.TrimEnd('\n').Split('\n')[^1];
    }

    /// <summary>Writes the columns, as the last thing that this process does.</summary>
    public static void SayCost(TimeSpan time, string file)
    {
        using var self = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{time.TotalSeconds,8:0.00} {self.TotalProcessorTime.TotalSeconds,9:0.00} {self.PeakWorkingSet64 / 1e6,9:0} {new FileInfo(file).Length / 1e6,9:0.0}"));
    }
}
