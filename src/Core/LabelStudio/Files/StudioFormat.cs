using System.Text.Json.Nodes;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.LabelStudio.Results;
using Rlhf.LabelStudio.Templates;
using Rlhf.Preferences.Formats;

namespace Rlhf.LabelStudio.Files;

/// <summary>Label Studio's JSON: tasks with their annotations, to be imported into a project that has the campaign's template (or ours).</summary>
/// <remarks>https://labelstud.io/guide/task_format and https://labelstud.io/guide/export#Label-Studio-JSON-format-of-annotated-tasks. No <c>completed_by</c>: an import refuses users that its server does not have.</remarks>
public sealed class StudioFormat : IExportFormat
{
    public FormatInfo Info { get; } = new("label-studio", "Label Studio JSON, tasks with their annotations", "application/json", ".json", StudioLosses.Always) { HoldsRankings = true };

    public IReadOnlyList<string> LosesOf(Campaign campaign) => StudioLosses.Of(campaign);

    public async Task WriteAsync(ExportSource source, Stream output, CancellationToken cancellation)
    {
        var writer = new AnnotationWriter(LabelTemplates.Of(source.Campaign.Settings));
        var tasks = new JsonLineWriter(output, isArray: true);
        var (task, annotation) = (0, 0);
        await foreach (var ranked in source.RankedAsync(cancellation))
        {
            var annotations = ranked.Rankings.Select(ranking => (JsonNode)ToJson(writer, ranked.Comparison, ranking, ++annotation));
            await tasks.WriteAsync(new JsonObject { ["id"] = ++task, ["data"] = writer.Data(source.Campaign.Id, ranked.Comparison), ["annotations"] = new JsonArray([.. annotations]) }, cancellation);
        }
        await tasks.EndAsync(cancellation);
    }

    private static JsonObject ToJson(AnnotationWriter writer, Comparison comparison, Ranking ranking, int number)
    {
        var meta = writer.Meta(comparison, ranking).ToJson();
        var result = new JsonArray();
        foreach (var item in writer.Items(comparison, ranking)) result.Add(ToJson(item, $"{number}-{result.Count}"));
        // With the first entry, where there is one: an import keeps entries as they are, and nothing else of an annotation that it does not know. (An annotation that is saved again in the editor 1.4.0 loses it.)
        if (result.Count > 0) result[0]!["meta"] = meta;
        var annotation = new JsonObject
        {
            ["id"] = number,
            ["was_cancelled"] = false,
            ["ground_truth"] = false,
            ["created_at"] = AnnotationWriter.Time(ranking.SubmittedAt),
            ["updated_at"] = AnnotationWriter.Time(ranking.SubmittedAt),
            ["result"] = result,
        };
        if (ranking.ActiveTime is { } active) annotation["lead_time"] = active.TotalSeconds;
        if (result.Count == 0) annotation["meta"] = meta;
        return annotation;
    }

    private static JsonObject ToJson(StudioItem item, string id) =>
        new() { ["id"] = id, ["from_name"] = item.From, ["to_name"] = item.To, ["type"] = item.Type, ["value"] = item.Value };
}
