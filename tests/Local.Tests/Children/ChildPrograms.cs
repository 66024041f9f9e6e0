using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rlhf.Contracts.Orchestrations;
using Rlhf.Local.Durable;
using Rlhf.Local.Storage;
using Rlhf.Orchestrations;
using Rlhf.Storage;
using Rlhf.Storage.Files;

namespace Rlhf.Local.Tests.Children;

/// <summary>What the killed processes do. Each says on its standard output what it was told is done.</summary>
internal static class ChildPrograms
{
    public static async Task<int> RunAsync(string name, string[] arguments)
    {
        await (name switch
        {
            "blobs" => WriteBlobsAsync(arguments[0], arguments[1]),
            "tables" => WriteRowsAsync(arguments[0], arguments[1]),
            "increments" => IncrementAsync(arguments[0], int.Parse(arguments[1])),
            "full" => FillDiskAsync(arguments[0]),
            "full-engine" => RunOnFullDiskAsync(arguments[0]),
            "read-only" => WriteReadOnlyAsync(arguments[0]),
            "marathon" => RunMarathonAsync(arguments[0], arguments[1], arguments[2]),
            _ => throw new ArgumentException(name),
        });
        return 0;
    }

    private static async Task WriteBlobsAsync(string folder, string life)
    {
        using var store = new FileBlobStore(folder);
        Say("ready");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; ; i++)
            {
                var name = $"{life}-{writer}-{i}";
                await store.WriteTextAsync($"runs/{name}.txt", BlobText(name));
                Say($"blob {name}");
                await store.AppendAsync($"runs/log{writer}.txt", System.Text.Encoding.UTF8.GetBytes(BlobText(name) + "\n"));
                Say($"line {writer} {name}");
            }
        })));
    }

    public static string BlobText(string name) => string.Join(' ', Enumerable.Repeat(name, 2_000));

    private static async Task WriteRowsAsync(string file, string life)
    {
        using var store = new SqliteTableStore(file);
        Say("ready");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; ; i++)
            {
                var row = $"{life}-{writer}-{i}";
                await store.WriteAsync("rankings", "p", [new(TableOperationKind.Insert, $"{row}-a", row), new(TableOperationKind.Insert, $"{row}-b", row)]);
                Say(row);
            }
        })));
    }

    /// <summary>Adds to a counter in a blob under ETag, beside other processes that do the same.</summary>
    private static async Task IncrementAsync(string folder, int times)
    {
        using var store = new FileBlobStore(folder);
        for (var done = 0; done < times;)
        {
            await using var content = (await store.OpenReadAsync("runs/counter"))!;
            using var reader = new StreamReader(content.Stream);
            var count = int.Parse(await reader.ReadToEndAsync());
            if (await store.WriteTextAsync("runs/counter", $"{count + 1}", WriteCondition.Matches(content.ETag)) is not null) done++;
        }
    }

    /// <summary>Writes to a file system of a few megabytes until it is full, and goes on once there is room again.</summary>
    private static async Task FillDiskAsync(string folder)
    {
        using var blobs = new FileBlobStore(Path.Combine(folder, "blobs"));
        using var tables = new SqliteTableStore(Path.Combine(folder, "tables.db"));
        await blobs.AppendAsync("runs/log", "kept\n"u8.ToArray());
        await tables.UpsertAsync("rankings", "p", "kept", "kept");
        var ballast = Path.Combine(folder, "ballast");
        await FillAsync(ballast);
        Say("full");

        await TryAsync("blob", () => blobs.WriteTextAsync("runs/new", new string('x', 100_000)));
        await TryAsync("append", () => blobs.AppendAsync("runs/log", new byte[100_000]));
        await TryAsync("row", () => tables.UpsertAsync("rankings", "p", "new", new string('x', 30_000)));
        Say($"blobs {string.Join(',', await blobs.ListAsync("runs/").Select(b => $"{b.Path}:{b.Length}").ToListAsync())}");
        Say($"rows {string.Join(',', await tables.QueryAsync("rankings", "p").Select(r => r.Row).ToListAsync())}");

        File.Delete(ballast);
        await TryAsync("blob", () => blobs.WriteTextAsync("runs/new", new string('x', 100_000)));
        await TryAsync("append", () => blobs.AppendAsync("runs/log", "more\n"u8.ToArray()));
        await TryAsync("row", () => tables.UpsertAsync("rankings", "p", "new", new string('x', 30_000)));
        Say($"log {(await blobs.ReadTextAsync("runs/log"))!.ReplaceLineEndings("|")}");
    }

    /// <summary>The disk is full in the middle of a marathon, and has room again later.</summary>
    private static async Task RunOnFullDiskAsync(string folder)
    {
        using var lines = new Durable.LineCollector();
        await using var services = new ServiceCollection().AddLogging(l => l.AddProvider(lines)).AddSingleton(ContractSteps.Registry())
            .AddEmbeddedDurable(Path.Combine(folder, "durable.db")).BuildServiceProvider();
        var client = services.GetRequiredService<IOrchestrationClient>();
        var ballast = Path.Combine(folder, "ballast");
        // What the activities note lies elsewhere: only the engine's own disk is full.
        using var elsewhere = new Contracts.TemporaryFolder();
        var trace = new Trace(elsewhere.File("trace"));
        foreach (var hosted in services.GetServices<IHostedService>()) await hosted.StartAsync(CancellationToken.None);
        await client.ScheduleAsync(nameof(Marathon), new Marathon.Input(trace, 30), "marathon");
        await Contracts.Eventually.TrueAsync(() => trace.Lines.Count > 10);
        // At once, while the engine's log on disk is still growing.
        await FillAsync(ballast);
        await Contracts.Eventually.TrueAsync(() => lines.Of(typeof(DurableEngine).FullName!).Any(l => l.StartsWith("Could not store", StringComparison.Ordinal)));
        Say("failed");
        File.Delete(ballast);
        while (await client.GetAsync("marathon") is { HasEnded: false }) await Task.Delay(10);
        var ended = await client.GetAsync("marathon");
        Say($"{ended!.Status} {ended.Output} {trace.Lines.Distinct().Count()}");
    }

    private static async Task FillAsync(string ballast)
    {
        await using var file = new FileStream(ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) file.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static async Task WriteReadOnlyAsync(string folder)
    {
        await TryAsync("blobs", () => Task.FromResult(new FileBlobStore(Path.Combine(folder, "blobs"))));
        await TryAsync("tables", () => Task.FromResult(new SqliteTableStore(Path.Combine(folder, "tables.db"))));
    }

    private static async Task TryAsync(string what, Func<Task> operation)
    {
        try
        {
            await operation();
            Say($"{what} went well");
        }
        catch (RlhfException e)
        {
            Say($"{what} {e.Code} {e.Message} {e.Remedy}");
        }
    }

    private static async Task RunMarathonAsync(string database, string trace, string generations)
    {
        await using var services = new ServiceCollection().AddLogging().AddSingleton(ContractSteps.Registry()).AddEmbeddedDurable(database).BuildServiceProvider();
        var client = services.GetRequiredService<IOrchestrationClient>();
        if (await client.GetAsync("marathon") is null)
            await client.ScheduleAsync(nameof(Marathon), new Marathon.Input(new(trace), int.Parse(generations)), "marathon");
        foreach (var hosted in services.GetServices<IHostedService>()) await hosted.StartAsync(CancellationToken.None);
        Say("ready");
        while (await client.GetAsync("marathon") is { HasEnded: false }) await Task.Delay(10);
        Say("ended");
        foreach (var hosted in services.GetServices<IHostedService>()) await hosted.StopAsync(CancellationToken.None);
    }

    private static void Say(string line)
    {
        lock (typeof(ChildPrograms))
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }
}
