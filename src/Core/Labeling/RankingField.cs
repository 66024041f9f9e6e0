using System.Text.Json.Nodes;

namespace Rlhf.Labeling;

/// <summary>What a label template asked beside the ranking: choices, a rating, a text.</summary>
/// <param name="Name">The tag's name in the template.</param>
/// <param name="Type">As Label Studio calls it: <c>choices</c>, <c>rating</c>, <c>textarea</c>…</param>
/// <param name="Value">As Label Studio writes it, e.g. <c>{"rating": 4}</c>.</param>
/// <param name="To">The object it is about, e.g. <c>prompt</c>.</param>
public sealed record RankingField(string Name, string Type, JsonObject Value, string? To = null)
{
    public const int MaximumFields = 40;

    /// <summary>Characters that all fields of a ranking may have together, as JSON.</summary>
    public const int MaximumCharacters = 8_000;

    /// <summary>What is wrong with them; null where nothing is.</summary>
    public static string? Problem(IReadOnlyList<RankingField>? fields)
    {
        if (fields is not { Count: > 0 }) return null;
        if (fields.Count > MaximumFields) return $"{fields.Count} fields are too many; the most is {MaximumFields}.";
        if (fields.FirstOrDefault(f => string.IsNullOrEmpty(f?.Name) || string.IsNullOrEmpty(f.Type) || f.Value is null) is not null || fields.Contains(null!)) return "A field has no name, type or value.";
        var characters = Spelled(fields).Length;
        return characters > MaximumCharacters ? $"The fields have {characters} characters; the most is {MaximumCharacters}." : null;
    }

    /// <summary>The same text for the same fields.</summary>
    public static string Spelled(IReadOnlyList<RankingField>? fields) => fields is not { Count: > 0 } ? "" : Storage.StorageExtensions.ToBody(fields);
}
