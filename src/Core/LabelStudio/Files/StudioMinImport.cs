using System.Text.Json;
using System.Text.Json.Nodes;
using Rlhf.Labeling;
using Rlhf.LabelStudio.Results;
using Rlhf.LabelStudio.Server;
using Rlhf.Preferences.Imports;

namespace Rlhf.LabelStudio.Files;

/// <summary>Label Studio's JSON_MIN: the task's data with a member for each tag, one record an annotation; records of one task that follow each other become one comparison.</summary>
internal sealed class StudioMinImport : IImportFormat
{
    private const string MadeAnew = "Annotated in Label Studio on tasks made of a JSON_MIN export: the old annotation stands in their data, so what was not answered anew is read as it was. The full JSON export tells them apart.";

    private static readonly string[] Own = ["id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement"];

    public ImportInfo Info { get; } = new("label-studio-min", [], "Label Studio JSON_MIN (answer1, answer2, and e.g. \"comparison\": [{\"selected\": \"left\"}])",
        ["Label Studio leaves skipped tasks out of it.", "Fields of the data that are neither prompt nor answers are named and not kept."])
    { Kind = AnnotatorKind.Person };

    public bool Recognizes(JsonElement value) => IsRecord(value) && TaskReader.HasAnswers(value, isAnnotated: true);

    public static bool IsRecord(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && (value.TryGetProperty("annotation_id", out _) || value.EnumerateObject().Any(p => MinValues.TypeOf(p.Value) is "pairwise" or "ranker"));

    public ImportLine Read(long line, JsonElement value)
    {
        var notes = new List<string>();
        var read = ImportReading.Guard(line, value, fields =>
        {
            var (messages, answers) = TaskReader.Read(fields, value, isAnnotated: true);
            foreach (var own in Own) fields.Take(own);
            var at = AnnotationReader.Time(AnnotationReader.Member(value, "updated_at"));
            var meta = MetaOf(value, notes);
            var ranking = AnnotationReader.Judge(Items(fields, value, meta), meta, AnnotatedTask.Of(value, answers.Count), at, notes);
            return new(messages, answers, [ranking with
            {
                Judge = ranking.Judge ?? AnnotationReader.Who(AnnotationReader.Member(value, "annotator")),
                ActiveTime = ranking.ActiveTime ?? AnnotationReader.Seconds(AnnotationReader.Member(value, "lead_time")),
                SubmittedAt = ranking.SubmittedAt ?? at,
            }])
            { Task = AnnotationReader.Who(AnnotationReader.Member(value, "id")) };
        });
        return read with { Notes = [.. read.Notes, .. notes] };
    }

    /// <summary>What we wrote of the record's own annotation. An annotation that was made on a task which is a record of ours has our old one in its data, and none of its own.</summary>
    private static AnnotationMeta? MetaOf(JsonElement value, List<string> notes)
    {
        var meta = AnnotationMeta.Read(AnnotationReader.Member(value, TaskFields.Meta));
        if (meta is null || meta.IsOf(AnnotationMessage.Number(value, "annotation_id"), AnnotationReader.Time(AnnotationReader.Member(value, "created_at")))) return meta;
        notes.Add(MadeAnew);
        return null;
    }

    /// <summary>The members that are tags' values. Of a text alone nobody can tell its tag, so it is named as a field that is not kept, unless our own meta knows it.</summary>
    private static List<StudioItem> Items(ImportFields fields, JsonElement value, AnnotationMeta? meta)
    {
        var items = new List<StudioItem>();
        foreach (var member in value.EnumerateObject())
        {
            if (ItemOf(member, meta) is not { } item) continue;
            items.Add(item);
            fields.Take(member.Name);
        }
        return items;
    }

    private static StudioItem? ItemOf(JsonProperty member, AnnotationMeta? meta)
    {
        if (member.NameEquals(VerdictWords.FieldName) && member.Value.ValueKind == JsonValueKind.String)
            return new(VerdictWords.FieldName, "choices", null, new() { ["choices"] = new JsonArray(member.Value.GetString()) });
        if (meta?.Fields?.FirstOrDefault(f => member.NameEquals(f.Name)) is { } field)
            return MinValues.Restore(field, member.Value) is { } value ? new(field.Name, field.Type, field.To, value) : null;
        return MinValues.TypeOf(member.Value) is { } type ? new(member.Name, type, null, JsonObject.Create(member.Value[0].Clone())!) : null;
    }
}
