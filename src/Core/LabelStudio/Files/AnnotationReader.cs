using System.Globalization;
using System.Text.Json;
using Rlhf.Labeling;
using Rlhf.LabelStudio.Results;
using Rlhf.Preferences.Imports;

namespace Rlhf.LabelStudio.Files;

/// <summary>Annotations of a file to rankings.</summary>
internal static class AnnotationReader
{
    public const string NoPreference = "Annotations in which nothing was chosen are kept as no preference (a tie).";

    /// <param name="number">From 1, within the task.</param>
    /// <param name="notes">What there is to be said of it.</param>
    /// <exception cref="ImportException">The annotation can't be understood.</exception>
    public static ImportedRanking Read(JsonElement annotation, int number, AnnotatedTask task, List<string> notes)
    {
        if (annotation.ValueKind != JsonValueKind.Object) throw new ImportException("invalid-result", $"Annotation {number} is a {annotation.ValueKind.ToString().ToLowerInvariant()}.", "Leave the file as Label Studio wrote it.");
        var items = Guard(() => StudioItem.ReadAll(annotation.TryGetProperty("result", out var result) ? result : default));
        var meta = MetaOf(items) ?? AnnotationMeta.Read(Member(annotation, "meta"));
        var at = Time(Member(annotation, "updated_at")) ?? Time(Member(annotation, "created_at"));
        var isSkipped = Member(annotation, "was_cancelled") is { ValueKind: JsonValueKind.True } || Member(annotation, "skipped") is { ValueKind: JsonValueKind.True };
        var ranking = isSkipped ? new ImportedRanking(RankingOutcome.Skip, []) : Judge(items, meta, task, at, notes);
        return ranking with
        {
            Judge = ranking.Judge ?? Who(Member(annotation, "completed_by")) ?? (number == 1 ? null : $"annotation {number}"),
            ActiveTime = ranking.ActiveTime ?? Seconds(Member(annotation, "lead_time")),
            SubmittedAt = ranking.SubmittedAt ?? at,
        };
    }

    /// <param name="at">When it was last changed.</param>
    /// <exception cref="ImportException"><c>invalid-result</c>.</exception>
    public static ImportedRanking Judge(IReadOnlyList<StudioItem> items, AnnotationMeta? meta, AnnotatedTask task, DateTimeOffset? at, List<string> notes)
    {
        var read = Guard(() => ResultReader.Read(items, task.Answers, task.ListIds).WithLeft(task.Left));
        var said = new ImportedRanking(read.Outcome, [.. read.Tiers.Select(tier => (IReadOnlyList<int>)[.. tier.Select(n => int.Parse(n, CultureInfo.InvariantCulture) - 1)])])
        { Strength = read.Strength, Fields = read.Fields.Count > 0 ? read.Fields : null };
        if (read.IsEmpty && meta is not { IsWhole: false }) notes.Add(NoPreference);
        return meta is null ? said : AnnotationMerge.Merge(said, read.IsEmpty, meta, meta.ToRanking(task.Answers), at);
    }

    /// <summary>Whether a result is of a ranking that went out from here, and says the same still: nobody has said anything in it elsewhere.</summary>
    public static bool IsUntouched(JsonElement result, AnnotatedTask task)
    {
        try
        {
            var items = StudioItem.ReadAll(result);
            return MetaOf(items) is { } meta && AnnotationMerge.IsSame(Judge(items, meta, task, null, []), meta.ToRanking(task.Answers));
        }
        catch (Exception e) when (e is RlhfException or ImportException)
        {
            return false;
        }
    }

    public static string? Who(JsonElement? user) => user switch
    {
        { ValueKind: JsonValueKind.Number or JsonValueKind.String } plain => plain.ToString(),
        { ValueKind: JsonValueKind.Object } whole => Who(Member(whole, "id")) ?? Who(Member(whole, "email")),
        _ => null,
    };

    public static TimeSpan? Seconds(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.Number } number && number.GetDouble() is >= 0 and <= 86_400 and var seconds ? TimeSpan.FromSeconds(seconds) : null;

    public static DateTimeOffset? Time(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.String } text && DateTimeOffset.TryParse(text.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    public static JsonElement? Member(JsonElement value, string name) => value.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;

    private static AnnotationMeta? MetaOf(IReadOnlyList<StudioItem> items) =>
        items.FirstOrDefault(i => i.Meta is not null)?.Meta is { } meta ? AnnotationMeta.Read(JsonSerializer.SerializeToElement(meta)) : null;

    private static T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (RlhfException e)
        {
            throw new ImportException(e.Code, e.Message, e.Remedy);
        }
    }
}
