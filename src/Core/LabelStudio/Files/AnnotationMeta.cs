using System.Text.Json;
using System.Text.Json.Nodes;
using Rlhf.Json;
using Rlhf.Labeling;
using Rlhf.LabelStudio.Results;
using Rlhf.Preferences.Imports;

namespace Rlhf.LabelStudio.Files;

/// <summary>All that a ranking says, beside what Label Studio's own fields can say, as our exports have it: <c>meta.rlhf</c> of an annotation's first entry, of the annotation where that has none,
/// and of a JSON_MIN record. Answers are named as in the task's data.</summary>
/// <param name="IsWhole">The result beside it says the outcome, the tiers and the strength: where it says something else now, somebody has changed it. Without, the template had no place for one of them.</param>
/// <param name="Annotation">The JSON_MIN record it belongs to: there it stands in the task's data, which an annotation made anew on that task has too.</param>
internal sealed record AnnotationMeta(
    string Annotator, AnnotatorKind Kind, RankingOutcome Outcome, IReadOnlyList<IReadOnlyList<string>> Tiers, IReadOnlyList<string> ShownOrder,
    int? Strength = null, string? Comment = null, string? BetterAnswer = null, double? ActiveSeconds = null, DateTimeOffset? SubmittedAt = null, IReadOnlyList<RankingField>? Fields = null,
    bool IsWhole = false, long? Annotation = null)
{
    private const string Member = "rlhf";

    // Files have microseconds.
    private static readonly TimeSpan SameMoment = TimeSpan.FromMilliseconds(1);

    public static AnnotationMeta Of(Ranking ranking, IReadOnlyList<string> order, bool isWhole)
    {
        var names = order.Select((id, i) => (id, Name: TaskFields.Answer(i + 1))).ToDictionary(a => a.id, a => a.Name);
        return new(ranking.Annotator.Value, ranking.AnnotatorKind, ranking.Outcome, [.. ranking.Tiers.Select(tier => (IReadOnlyList<string>)[.. tier.Select(id => names[id])])],
            [.. ranking.ShownOrder.Select(id => names[id])], ranking.Strength, ranking.Comment, ranking.BetterAnswer, ranking.ActiveTime?.TotalSeconds, ranking.SubmittedAt, ranking.Fields, isWhole);
    }

    public JsonObject ToJson() => new() { [Member] = JsonSerializer.SerializeToNode(this, RlhfJson.Options) };

    /// <summary>Null where there is none, or none that can be read.</summary>
    public static AnnotationMeta? Read(JsonElement? meta)
    {
        if (meta is not { ValueKind: JsonValueKind.Object } found || !found.TryGetProperty(Member, out var value)) return null;
        try
        {
            var read = value.Deserialize<AnnotationMeta>(RlhfJson.Options);
            return read is { Tiers: not null, ShownOrder: not null } && !read.Tiers.Contains(null!) ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether it was written for the annotation that a JSON_MIN record is of.</summary>
    public bool IsOf(long? annotation, DateTimeOffset? createdAt) =>
        Annotation is null || annotation is null || (annotation == Annotation && (createdAt is null || SubmittedAt is null || (createdAt - SubmittedAt).Value.Duration() < SameMoment));

    /// <param name="answers">Answers that the task has.</param>
    /// <exception cref="ImportException"><c>invalid-meta</c>: it names answers that the task does not have.</exception>
    public ImportedRanking ToRanking(int answers)
    {
        var shown = ShownOrder.Select(name => Index(name, answers)).ToList();
        return new(Outcome, [.. Tiers.Select(tier => (IReadOnlyList<int>)[.. tier.Select(name => Index(name, answers))])])
        {
            Kind = Kind,
            Judge = Annotator,
            Strength = Strength,
            Comment = Comment,
            BetterAnswer = BetterAnswer,
            Fields = Fields,
            ShownOrder = shown.Count == answers && shown.Distinct().Count() == answers ? shown : null,
            ActiveTime = ActiveSeconds is >= 0 and <= 86_400 ? TimeSpan.FromSeconds(ActiveSeconds.Value) : null,
            SubmittedAt = SubmittedAt,
        };
    }

    private static int Index(string name, int answers) => TaskFields.NumberOf(name) is var number && number >= 1 && number <= answers ? number - 1
        : throw new ImportException("invalid-meta", $"Its meta ranks '{name}', which is none of the task's {answers} answers.", "Leave 'meta' as the export wrote it, or out.");
}
