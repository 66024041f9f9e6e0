using Rlhf.Bench.Local;

// How fast the embedded storage and the embedded durable engine are on this machine's disk, and what tracing costs the engine:
//   dotnet run -c Release --project bench/Local [folder]
// The folder must lie on the disk that matters; everything in it that the benchmark made is removed.
var folder = Path.Combine(args.FirstOrDefault() ?? Path.GetTempPath(), $"rlhf-bench-{Guid.NewGuid():n}");
Directory.CreateDirectory(folder);
try
{
    Console.WriteLine($"{Environment.ProcessorCount} cores, folder {folder}");
    await StorageBench.RunAsync(folder);
    await EngineBench.RunAsync(folder);
    await TelemetryBench.RunAsync(folder);
}
finally
{
    Directory.Delete(folder, recursive: true);
}
