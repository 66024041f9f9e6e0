using System.Globalization;
using System.Text.Json;
using Rlhf.Json;
using Rlhf.Storage;

namespace Rlhf.Training.FineTuning;

/// <summary>Takes the job's figures over into metrics.jsonl: from its events as it goes, and whole from its result file at the end. A step written twice counts once.</summary>
internal sealed class JobMetrics(IBlobStore blobs, FineTuningClient client)
{
    /// <summary>The provider's names that have one of ours; others are taken over in camel case.</summary>
    private static readonly Dictionary<string, string> names = new()
    {
        ["train_loss"] = "loss",
        ["valid_loss"] = "lossValidation",
        ["train_accuracy"] = "accuracy",
        ["valid_accuracy"] = "accuracyValidation",
    };

    public async Task FollowAsync(FineTuningWork work, ProviderJob job, CancellationToken cancellation)
    {
        var fresh = await client.EventsAsync(job.Id, cancellation).TakeWhile(e => e.Id != work.Record.LastEvent).ToListAsync(cancellation);
        if (fresh.Count > 0)
        {
            fresh.Reverse();
            var points = fresh.Select(e => PointOf(e)).OfType<MetricPoint>().ToList();
            await AppendAsync(work.Record.Run, points, cancellation);
            await work.SaveAsync(work.Record with
            {
                LastEvent = fresh[^1].Id,
                Step = points.Count > 0 ? points[^1].Step : work.Record.Step,
                Steps = fresh.Select(StepsOf).LastOrDefault(s => s > 0) is var steps && steps > 0 ? steps : work.Record.Steps,
            }, cancellation);
        }
        if (job.Status == "succeeded" && job.ResultFiles is [var file, ..])
            await AppendAsync(work.Record.Run, Read(await client.ReadFileAsync(file, cancellation), DateTimeOffset.FromUnixTimeSeconds(job.CreatedAt)), cancellation);
    }

    /// <summary>The result file's rows, comma-separated numbers under names; none where it is no table with a <c>step</c>.</summary>
    internal static IReadOnlyList<MetricPoint> Read(string table, DateTimeOffset at)
    {
        var lines = table.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var header = lines.Length > 0 ? lines[0].TrimStart('\uFEFF').Split(',', StringSplitOptions.TrimEntries) : [];
        var step = Array.IndexOf(header, "step");
        return step < 0 ? [] : [.. lines.Skip(1).Select(line => PointOf(header, step, line.Split(',', StringSplitOptions.TrimEntries), at)).OfType<MetricPoint>()];
    }

    private static MetricPoint? PointOf(string[] header, int step, string[] fields, DateTimeOffset at)
    {
        var values = new Dictionary<string, double>();
        for (var i = 0; i < Math.Min(header.Length, fields.Length); i++)
            if (i != step && double.TryParse(fields[i], CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)) values[NameOf(header[i])] = value;
        return values.Count > 0 && step < fields.Length && int.TryParse(fields[step], CultureInfo.InvariantCulture, out var number) ? new(TrainingStage.Dpo, number, at, values) : null;
    }

    private static MetricPoint? PointOf(ProviderEvent e)
    {
        if (e.Type != "metrics" || e.Data is not { ValueKind: JsonValueKind.Object } data || NumberOf(data, "step") is not { } step) return null;
        var values = data.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Number && p.Name is not ("step" or "total_steps"))
            .ToDictionary(p => NameOf(p.Name), p => p.Value.GetDouble());
        return values.Count == 0 ? null : new(TrainingStage.Dpo, (int)step, DateTimeOffset.FromUnixTimeSeconds(e.CreatedAt), values);
    }

    private static int StepsOf(ProviderEvent e) => e.Data is { ValueKind: JsonValueKind.Object } data ? (int)(NumberOf(data, "total_steps") ?? 0) : 0;

    private static double? NumberOf(JsonElement data, string name) => data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static string NameOf(string name) => names.TryGetValue(name, out var ours) ? ours : JsonNamingPolicy.CamelCase.ConvertName(ToPascal(name));

    private static string ToPascal(string name) =>
        string.Concat(name.Split('_', StringSplitOptions.RemoveEmptyEntries).Select(part => char.ToUpperInvariant(part[0]) + part[1..]));

    private async Task AppendAsync(RunId run, IReadOnlyList<MetricPoint> points, CancellationToken cancellation)
    {
        if (points.Count == 0) return;
        using var lines = new MemoryStream();
        foreach (var point in points)
        {
            lines.Write(JsonSerializer.SerializeToUtf8Bytes(point, RlhfJson.Options));
            lines.WriteByte((byte)'\n');
        }
        await blobs.AppendAsync(RunPaths.Metrics(run), lines.ToArray(), cancellation);
    }
}
