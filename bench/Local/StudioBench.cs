using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rlhf.Local.Cli;

namespace Rlhf.Bench.Local;

/// <summary>How long Label Studio's files take, and the most memory a process has at a time: each imported by the command that people type (it checks the file, starts a host on an empty data folder and
/// sends the file to it), then exported from what was imported. A task is about 1.2 KB, a prompt and two answers of 80 words, with one annotation as Label Studio writes them.</summary>
public static class StudioBench
{
    private const string Child = "import-one";

    public static async Task RunAsync(string folder, IEnumerable<int> sizes)
    {
        foreach (var size in sizes)
        {
            Console.WriteLine($"\n{size:N0} annotated tasks              {BenchProcess.Columns}");
            foreach (var (format, write) in (IEnumerable<(string, Action<int, Utf8JsonWriter>)>)[("label-studio", WriteTask), ("label-studio-min", WriteRecord)])
            {
                var (home, file) = (Path.Combine(folder, $"{format}-{size}"), Path.Combine(folder, $"{format}-{size}.json"));
                Write(file, size, write);
                Console.WriteLine($"  in   {format,-24} {await BenchProcess.RunAsync(Child, home, file)}");
                Console.WriteLine($"  out  {format,-24} {await BenchProcess.RunAsync(ExportBench.Child, home, format)}");
                Directory.Delete(home, recursive: true);
                File.Delete(file);
            }
        }
    }

    /// <returns>Whether the arguments ask for one import, which then has been done.</returns>
    public static async Task<bool> TryRunOneAsync(string[] args)
    {
        if (args is not [Child, var home, var file]) return false;
        var clock = Stopwatch.StartNew();
        if (await RlhfCommand.InvokeAsync(["import", file, "--campaign", $"{ExportBench.Campaign}", "--data", home]) != 0) throw new InvalidOperationException($"'{file}' was not imported.");
        BenchProcess.SayCost(clock.Elapsed, file);
        return true;
    }

    private static void Write(string path, int count, Action<int, Utf8JsonWriter> write)
    {
        using var file = File.Create(path);
        using var json = new Utf8JsonWriter(file);
        json.WriteStartArray();
        for (var number = 1; number <= count; number++)
        {
            write(number, json);
            if (number % 1_000 == 0) json.Flush();
        }
        json.WriteEndArray();
    }

    private static void WriteTask(int number, Utf8JsonWriter json) => JsonSerializer.Serialize(json, new JsonObject
    {
        ["id"] = number,
        ["annotations"] = new JsonArray(new JsonObject
        {
            ["id"] = number,
            ["completed_by"] = number % 9,
            ["result"] = new JsonArray(new JsonObject
            {
                ["value"] = new JsonObject { ["selected"] = Side(number) },
                ["id"] = $"r{number}",
                ["from_name"] = "comparison",
                ["to_name"] = "comparison",
                ["type"] = "pairwise",
                ["origin"] = "manual",
            }),
            ["was_cancelled"] = false,
            ["ground_truth"] = false,
            ["created_at"] = Time,
            ["updated_at"] = Time,
            ["lead_time"] = 12.5,
            ["unique_id"] = $"{Guid.NewGuid()}",
            ["task"] = number,
            ["project"] = 1,
        }),
        ["file_upload"] = "tasks.json",
        ["drafts"] = new JsonArray(),
        ["predictions"] = new JsonArray(),
        ["data"] = Data(number),
        ["meta"] = new JsonObject(),
        ["created_at"] = Time,
        ["updated_at"] = Time,
        ["inner_id"] = number,
        ["total_annotations"] = 1,
        ["cancelled_annotations"] = 0,
        ["project"] = 1,
    });

    private static void WriteRecord(int number, Utf8JsonWriter json)
    {
        var record = Data(number);
        record["id"] = number;
        record["comparison"] = new JsonArray(new JsonObject { ["selected"] = Side(number) });
        record["annotator"] = number % 9;
        record["annotation_id"] = number;
        (record["created_at"], record["updated_at"]) = (Time, Time);
        record["lead_time"] = 12.5;
        JsonSerializer.Serialize(json, record);
    }

    private const string Time = "2026-01-02T03:04:05.678901Z";

    private static JsonObject Data(int number) => new()
    {
        ["prompt"] = $"{number}: {ExportBench.Words(number, 40)}",
        ["answer1"] = ExportBench.Words(number + 1, 80),
        ["answer2"] = ExportBench.Words(number + 2, 80),
    };

    private static string Side(int number) => number % 2 == 0 ? "left" : "right";
}
