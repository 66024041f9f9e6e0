using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
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

    private static void WriteTask(int number, Utf8JsonWriter json) => JsonSerializer.Serialize(json, new
    {
        id = number,
        annotations = new[]
        {
            new
            {
                id = number,
                completed_by = number % 9,
                result = new[] { new { value = new { selected = Side(number) }, id = $"r{number}", from_name = "comparison", to_name = "comparison", type = "pairwise", origin = "manual" } },
                was_cancelled = false, ground_truth = false, created_at = Time, updated_at = Time, draft_created_at = Time, lead_time = 12.5, prediction = new { }, result_count = 1,
                unique_id = Guid.NewGuid(), import_id = (int?)null, last_action = (string?)null, task = number, project = 1, updated_by = number % 9, parent_prediction = (int?)null, parent_annotation = (int?)null, last_created_by = (int?)null,
            },
        },
        file_upload = "tasks.json", drafts = Array.Empty<object>(), predictions = Array.Empty<object>(), data = Data(number), meta = new { },
        created_at = Time, updated_at = Time, inner_id = number, total_annotations = 1, cancelled_annotations = 0, total_predictions = 0, comment_count = 0, unresolved_comment_count = 0,
        last_comment_updated_at = (string?)null, project = 1, updated_by = number % 9, comment_authors = Array.Empty<object>(),
    });

    private static void WriteRecord(int number, Utf8JsonWriter json)
    {
        var data = Data(number);
        JsonSerializer.Serialize(json, new
        {
            prompt = data.Prompt, answer1 = data.Answer1, answer2 = data.Answer2, id = number, comparison = new[] { new { selected = Side(number) } },
            annotator = number % 9, annotation_id = number, created_at = Time, updated_at = Time, lead_time = 12.5,
        });
    }

    private const string Time = "2026-01-02T03:04:05.678901Z";

    private static TaskData Data(int number) => new($"{number}: {ExportBench.Words(number, 40)}", ExportBench.Words(number + 1, 80), ExportBench.Words(number + 2, 80));

    private static string Side(int number) => number % 2 == 0 ? "left" : "right";

    private sealed record TaskData([property: JsonPropertyName("prompt")] string Prompt, [property: JsonPropertyName("answer1")] string Answer1, [property: JsonPropertyName("answer2")] string Answer2);
}
