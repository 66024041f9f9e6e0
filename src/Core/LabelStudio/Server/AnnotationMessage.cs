using System.Globalization;
using System.Text.Json;

namespace Rlhf.LabelStudio.Server;

/// <summary>An annotation as Label Studio's API and its webhooks have it.</summary>
/// <param name="Task">Null where it stands within its task.</param>
/// <param name="IsCancelled">The annotator skipped the task.</param>
internal sealed record AnnotationMessage(long Id, long? Task, AnnotatorId Annotator, DateTimeOffset UpdatedAt, bool IsCancelled, double? LeadTime, JsonElement Result)
{
    private const double LongestSeconds = 12 * 3600;

    /// <summary>Null where it has no number, as drafts have none.</summary>
    public static AnnotationMessage? Read(JsonElement annotation)
    {
        if (annotation.ValueKind != JsonValueKind.Object || Number(annotation, "id") is not { } id) return null;
        var cancelled = annotation.TryGetProperty("was_cancelled", out var flag) && flag.ValueKind == JsonValueKind.True;
        var lead = annotation.TryGetProperty("lead_time", out var time) && time.ValueKind == JsonValueKind.Number ? time.GetDouble() : (double?)null;
        annotation.TryGetProperty("result", out var result);
        return new(id, NumberOrId(annotation, "task"), AnnotatorOf(annotation), Time(annotation, "updated_at") ?? Time(annotation, "created_at") ?? DateTimeOffset.MinValue,
            cancelled, lead is { } seconds and >= 0 ? Math.Min(seconds, LongestSeconds) : null, result.ValueKind == JsonValueKind.Undefined ? default : result.Clone());
    }

    public static long? Number(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    /// <summary>A number, or an object with one as its <c>id</c>.</summary>
    private static long? NumberOrId(JsonElement element, string name) =>
        Number(element, name) ?? (element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? Number(value, "id") : null);

    private static AnnotatorId AnnotatorOf(JsonElement annotation) =>
        new("labelstudio-" + (NumberOrId(annotation, "completed_by")?.ToString(CultureInfo.InvariantCulture) ?? "unknown"));

    private static DateTimeOffset? Time(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
