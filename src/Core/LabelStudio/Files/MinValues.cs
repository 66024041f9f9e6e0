using System.Text.Json;
using System.Text.Json.Nodes;
using Rlhf.Labeling;

namespace Rlhf.LabelStudio.Files;

/// <summary>How JSON_MIN has what a tag was answered.</summary>
internal static class MinValues
{
    /// <summary>Tags by the member that their values have.</summary>
    private static readonly (string Member, string Type)[] Types =
        [("selected", "pairwise"), ("ranker", "ranker"), ("choices", "choices"), ("rating", "rating"), ("number", "number"), ("taxonomy", "taxonomy")];

    /// <summary>One choice or one text is that alone; everything else is a list of values.</summary>
    public static JsonNode Pretty(string type, JsonObject value) => type switch
    {
        "choices" when value["choices"] is JsonArray { Count: 1 } one => one[0]!.DeepClone(),
        "textarea" when value["text"] is JsonArray { Count: 1 } one => one[0]!.DeepClone(),
        _ => new JsonArray(value.DeepClone()),
    };

    /// <summary>The tag that a list of values is of; null where it is none.</summary>
    public static string? TypeOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0 || value[0].ValueKind != JsonValueKind.Object) return null;
        return Array.Find(Types, t => value[0].TryGetProperty(t.Member, out _)).Type
            ?? (value[0].TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.Array ? "textarea" : null);
    }

    /// <summary>A value as it stands in a record now, of a tag that is known; null where it is none of its.</summary>
    public static JsonObject? Restore(RankingField field, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => field.Type switch
        {
            "choices" => new() { ["choices"] = new JsonArray(value.GetString()) },
            "textarea" => new() { ["text"] = new JsonArray(value.GetString()) },
            _ => null,
        },
        JsonValueKind.Array when value.GetArrayLength() > 0 && value[0].ValueKind == JsonValueKind.Object => JsonObject.Create(value[0].Clone()),
        _ => null,
    };
}
