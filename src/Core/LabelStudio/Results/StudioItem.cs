using System.Text.Json;
using System.Text.Json.Nodes;
using Rlhf.Labeling;

namespace Rlhf.LabelStudio.Results;

/// <summary>One entry of an annotation's <c>result</c>: what one tag of the template was answered.</summary>
/// <param name="From"><c>from_name</c>: the tag's name.</param>
/// <param name="To"><c>to_name</c>; for Pairwise Label Studio writes the tag's own name there.</param>
/// <param name="Meta">What our exporter put beside it; null in what Label Studio wrote.</param>
public sealed record StudioItem(string From, string Type, string? To, JsonObject Value, JsonObject? Meta = null)
{
    /// <summary>The entries of a <c>result</c> array. Entries that answer no tag (relations between regions) are passed over.</summary>
    /// <exception cref="RlhfException"><c>invalid-result</c>.</exception>
    public static IReadOnlyList<StudioItem> ReadAll(JsonElement result)
    {
        if (result.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined) return [];
        if (result.ValueKind != JsonValueKind.Array) throw Invalid($"is a {result.ValueKind.ToString().ToLowerInvariant()}, not an array");
        return [.. result.EnumerateArray().Select(Read).OfType<StudioItem>()];
    }

    public RankingField ToField() => new(From, Type, Value, To);

    private static StudioItem? Read(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object) throw Invalid($"holds a {item.ValueKind.ToString().ToLowerInvariant()}");
        if (Text(item, "from_name") is not { } from) return null;
        if (!item.TryGetProperty("value", out var value) || value.ValueKind != JsonValueKind.Object) throw Invalid($"has no value for '{from}'");
        return new(from, Text(item, "type")?.ToLowerInvariant() ?? "", Text(item, "to_name"), JsonObject.Create(value.Clone())!, MetaOf(item));
    }

    private static JsonObject? MetaOf(JsonElement item) =>
        item.TryGetProperty("meta", out var meta) && meta.ValueKind == JsonValueKind.Object ? JsonObject.Create(meta.Clone()) : null;

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static RlhfException Invalid(string what) =>
        new("invalid-result", $"The annotation's result {what}.", "Send 'result' as Label Studio writes it: an array of entries with from_name, type and value.");
}
