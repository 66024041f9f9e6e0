using System.Text.Json;
using System.Text.Json.Nodes;
using Rlhf.Labeling;
using Rlhf.LabelStudio.Results;
using Rlhf.Preferences.Imports;

namespace Rlhf.LabelStudio.Files;

/// <summary>Label Studio's tasks: its full JSON export with annotations, or tasks that are still to be ranked, with a <c>data</c> wrapper or without one.</summary>
internal sealed class StudioImport : IImportFormat
{
    public ImportInfo Info { get; } = new("label-studio", [], "Label Studio tasks and its JSON export (data with answer1, answer2; annotations)",
        ["Predictions and drafts.", "Fields of the data that are neither prompt nor answers are named and not kept."])
    { Kind = AnnotatorKind.Person };

    public bool Recognizes(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object || StudioMinImport.IsRecord(value)) return false;
        return TaskReader.HasAnswers(DataOf(value), IsAnnotated(value));
    }

    public ImportLine Read(long line, JsonElement value)
    {
        var (data, notes) = (DataOf(value), new List<string>());
        var read = ImportReading.Guard(line, data, fields =>
        {
            var (messages, answers) = TaskReader.Read(fields, data, IsAnnotated(value));
            // A task without a wrapper may have Label Studio's number all the same.
            foreach (var own in (string[])["id", "annotations", "predictions"]) fields.Take(own);
            var listIds = TaskReader.ListIds(data);
            var annotations = AnnotationsOf(value)?.EnumerateArray().ToList() ?? [];
            return new(messages, answers, [.. annotations.Select((annotation, i) => AnnotationReader.Read(annotation, i + 1, answers.Count, listIds, notes))]);
        });
        return read with { Notes = [.. read.Notes, .. notes] };
    }

    private static bool IsAnnotated(JsonElement value) => AnnotationsOf(value) is { } annotations && annotations.GetArrayLength() > 0;

    private static JsonElement? AnnotationsOf(JsonElement value) =>
        (AnnotationReader.Member(value, "annotations") ?? AnnotationReader.Member(value, "completions")) is { ValueKind: JsonValueKind.Array } list ? list : null;

    private static JsonElement DataOf(JsonElement value) => value.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object ? data : value;
}

/// <summary>Label Studio's JSON_MIN: the task's data with a member for each tag, one record an annotation; records of one task that follow each other become one comparison.</summary>
internal sealed class StudioMinImport : IImportFormat
{
    private static readonly string[] Own = ["id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement"];

    public ImportInfo Info { get; } = new("label-studio-min", [], "Label Studio JSON_MIN (answer1, answer2, and e.g. \"comparison\": [{\"selected\": \"left\"}])",
        ["Label Studio leaves skipped tasks out of it.", "Fields of the data that are neither prompt nor answers are named and not kept."])
    { Kind = AnnotatorKind.Person };

    public bool Recognizes(JsonElement value) => IsRecord(value) && TaskReader.HasAnswers(value, isAnnotated: true);

    public static bool IsRecord(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && (value.TryGetProperty("annotation_id", out _) || value.EnumerateObject().Any(p => TypeOf(p.Value) is "pairwise" or "ranker"));

    public ImportLine Read(long line, JsonElement value)
    {
        var notes = new List<string>();
        var read = ImportReading.Guard(line, value, fields =>
        {
            var (messages, answers) = TaskReader.Read(fields, value, isAnnotated: true);
            foreach (var own in Own) fields.Take(own);
            var meta = AnnotationMeta.Read(AnnotationReader.Member(value, TaskFields.Meta));
            var items = Items(fields, value, meta);
            var ranking = AnnotationReader.Judge(items, meta, answers.Count, TaskReader.ListIds(value), notes);
            return new(messages, answers, [ranking with
            {
                Judge = ranking.Judge ?? AnnotationReader.Who(AnnotationReader.Member(value, "annotator")),
                ActiveTime = ranking.ActiveTime ?? AnnotationReader.Seconds(AnnotationReader.Member(value, "lead_time")),
                SubmittedAt = ranking.SubmittedAt ?? AnnotationReader.Time(AnnotationReader.Member(value, "updated_at")),
            }]);
        });
        return read with { Notes = [.. read.Notes, .. notes] };
    }

    /// <summary>The members that are tags' values. Of a text alone nobody can tell its tag, so it is named as a field that is not kept, unless our own meta knows it.</summary>
    private static List<StudioItem> Items(ImportFields fields, JsonElement value, AnnotationMeta? meta)
    {
        var items = new List<StudioItem>();
        foreach (var member in value.EnumerateObject())
        {
            if (member.NameEquals(VerdictWords.FieldName) && member.Value.ValueKind == JsonValueKind.String)
                items.Add(new(VerdictWords.FieldName, "choices", null, new() { ["choices"] = new JsonArray(member.Value.GetString()) }));
            else if (TypeOf(member.Value) is { } type)
                items.Add(new(member.Name, type, null, JsonObject.Create(member.Value[0].Clone())!));
            else continue;
            fields.Take(member.Name);
        }
        foreach (var field in meta?.Fields ?? []) fields.Take(field.Name);
        return items;
    }

    /// <summary>The tag that a list of values is of; null where it is none.</summary>
    private static string? TypeOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0 || value[0].ValueKind != JsonValueKind.Object) return null;
        return value[0] switch
        {
            var v when v.TryGetProperty("selected", out _) => "pairwise",
            var v when v.TryGetProperty("ranker", out _) => "ranker",
            var v when v.TryGetProperty("choices", out _) => "choices",
            var v when v.TryGetProperty("rating", out _) => "rating",
            var v when v.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.Array => "textarea",
            _ => null,
        };
    }
}
