using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Rlhf.Json;
using Rlhf.LabelStudio;

namespace Rlhf.Campaigns;

/// <summary>Puts a part of the settings, as JSON, in the place of what is there: members that are not named stay. A JSON merge patch (RFC 7396), but that null is a value: no bound, never.</summary>
public static class SettingsPatch
{
    private static readonly JsonSerializerOptions Strict = new(RlhfJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true };

    /// <exception cref="RlhfException"><c>invalid-settings</c> where a member is none or has no such value, <c>setting-fixed</c>.</exception>
    public static ChangeableSettings Apply(ChangeableSettings before, JsonObject patch)
    {
        var merged = JsonSerializer.SerializeToNode(before, RlhfJson.Options)!.AsObject();
        Merge(merged, patch);
        var after = Read(merged);
        if (after.Answers != before.Answers) throw Fixed("answers", before.Answers, after.Answers, "answers a prompt", "comparisons have been made with so many");
        if (after.Form.Scale != before.Form.Scale) throw Fixed("form.scale", before.Form.Scale, after.Form.Scale, "points of the scale", "stored rankings carry strengths of it");
        if (after.Form.ManyAnswers != before.Form.ManyAnswers) throw Fixed("form.manyAnswers", before.Form.ManyAnswers, after.Form.ManyAnswers, "way to judge many answers", "stored rankings were made by it");
        RefuseTakingAway("form.comments", before.Form.Comments, after.Form.Comments, "Comments");
        RefuseTakingAway("form.betterAnswers", before.Form.BetterAnswers, after.Form.BetterAnswers, "Own answers");
        if (before.LabelTemplate is not null && string.IsNullOrWhiteSpace(after.LabelTemplate)) throw TemplateGone();
        CheckServer(before.LabelStudio, after.LabelStudio);
        return after;
    }

    private static void CheckServer(LabelStudioSettings? before, LabelStudioSettings? after)
    {
        if (before is null) return;
        if (after?.Url != before.Url) throw Fixed("labelStudio.url", before.Url, after?.Url ?? (object)"none", "Label Studio server", "tasks are there");
        if (after.Project != before.Project) throw Fixed("labelStudio.project", before.Project, after.Project, "project in Label Studio", "tasks are there");
    }

    private static RlhfException TemplateGone() =>
        new("setting-fixed", "A label template can be changed later, but not taken away: somebody may have its editor open.", "Leave it, or create another campaign.", 409) { Field = "labelTemplate" };

    /// <summary>Whether the patch says anything of one of these members.</summary>
    public static bool Names(JsonObject patch, params string[] members) => members.Any(patch.ContainsKey);

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is JsonObject part && target[name] is JsonObject there) Merge(there, part);
            else target[name] = value?.DeepClone();
        }
    }

    private static ChangeableSettings Read(JsonObject merged)
    {
        try
        {
            return merged.Deserialize<ChangeableSettings>(Strict)!;
        }
        catch (JsonException e)
        {
            var field = e.Path is { Length: > 2 } path ? path[2..] : "settings";
            throw new RlhfException("invalid-settings", $"'{field}' can't be {ValueAt(merged, field)}.", "Give a setting that there is, and a value like the one it has.", inner: e) { Field = field };
        }
    }

    private static string ValueAt(JsonObject settings, string field) =>
        field.Split('.').Aggregate((JsonNode?)settings, (node, name) => (node as JsonObject)?[name])?.ToJsonString(RlhfJson.Options) ?? "empty";

    private static RlhfException Fixed(string field, object now, object wanted, string what, string why) =>
        new("setting-fixed", $"The {what} can't become {Name(wanted)}: {why} ({Name(now)}).", "Leave it as it is, or create another campaign.", 409) { Field = field };

    // Somebody may be writing one; what is typed would be refused.
    private static void RefuseTakingAway(string field, bool before, bool after, string what)
    {
        if (before && !after) throw new RlhfException("setting-fixed", $"{what} can be allowed later, but not taken away: somebody may be writing one.", "Leave them on, or create another campaign.", 409) { Field = field };
    }

    private static string Name(object value) => JsonSerializer.Serialize(value, RlhfJson.Options).Trim('"');
}
