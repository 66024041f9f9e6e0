using Rlhf.Bench.Local;

// How fast the embedded storage and the embedded durable engine are on this machine's disk, what tracing costs the engine, and how long exports take:
//   dotnet run -c Release --project bench/Local [folder]
//   dotnet run -c Release --project bench/Local -- next [azurite]       `next` only, with 100 and with 100,000 comparisons open; on Azurite 10,000
//   dotnet run -c Release --project bench/Local -- export [pairs…]     exports only, of campaigns of 5,000, 50,000 and 200,000 pairs unless said
//   dotnet run -c Release --project bench/Local -- studio [tasks…]     Label Studio's files in and out only, of 5,000 and 50,000 annotated tasks unless said
// The folder must lie on the disk that matters; everything in it that the benchmark made is removed.
if (await ExportBench.TryRunOneAsync(args) || await StudioBench.TryRunOneAsync(args)) return;
var onlyExports = args.FirstOrDefault() == "export";
var onlyStudio = args.FirstOrDefault() == "studio";
var onlyNext = args.FirstOrDefault() == "next";
var folder = Path.Combine(onlyExports || onlyNext || onlyStudio ? Path.GetTempPath() : args.FirstOrDefault() ?? Path.GetTempPath(), $"rlhf-bench-{Guid.NewGuid():n}");
Directory.CreateDirectory(folder);
try
{
    Console.WriteLine($"{Environment.ProcessorCount} cores, folder {folder}");
    if (onlyNext)
    {
        if (args.Contains("azurite")) await NextBench.RunOnAzuriteAsync(folder, 10_000);
        else await NextBench.RunAsync(folder, 100_000);
        return;
    }
    if (onlyStudio)
    {
        await StudioBench.RunAsync(folder, args.Length > 1 ? args.Skip(1).Select(int.Parse) : [5_000, 50_000]);
        return;
    }
    if (!onlyExports)
    {
        await StorageBench.RunAsync(folder);
        await EngineBench.RunAsync(folder);
        await TelemetryBench.RunAsync(folder);
    }
    await ExportBench.RunAsync(folder, onlyExports && args.Length > 1 ? args.Skip(1).Select(int.Parse) : onlyExports ? [5_000, 50_000, 200_000] : [5_000]);
}
finally
{
    Directory.Delete(folder, recursive: true);
}
