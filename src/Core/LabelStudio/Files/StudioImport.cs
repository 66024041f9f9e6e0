using System.Text.Json;
using Rlhf.Labeling;
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
            var task = AnnotatedTask.Of(data, answers.Count);
            var annotations = AnnotationsOf(value)?.EnumerateArray().ToList() ?? [];
            var rankings = annotations.Select((annotation, i) => AnnotationReader.Read(annotation, i + 1, task, notes)).ToList();
            return new(messages, answers, ImportRepeats.Newest(rankings, notes));
        });
        return read with { Notes = [.. read.Notes, .. notes] };
    }

    private static bool IsAnnotated(JsonElement value) => AnnotationsOf(value) is { } annotations && annotations.GetArrayLength() > 0;

    private static JsonElement? AnnotationsOf(JsonElement value) =>
        (AnnotationReader.Member(value, "annotations") ?? AnnotationReader.Member(value, "completions")) is { ValueKind: JsonValueKind.Array } list ? list : null;

    private static JsonElement DataOf(JsonElement value) => value.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object ? data : value;
}
