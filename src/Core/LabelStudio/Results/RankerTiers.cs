using System.Globalization;
using System.Text.Json.Nodes;

namespace Rlhf.LabelStudio.Results;

/// <summary>A Ranker's value to tiers: an order of ids, or buckets called 1, 2, 3… with ids that are as good as each other.</summary>
internal static class RankerTiers
{
    /// <returns>Answers by number, from best to worst; answers left out of the value are left out.</returns>
    public static IReadOnlyList<IReadOnlyList<string>> Read(JsonNode? value, int answers, IReadOnlyList<string>? listIds)
    {
        var groups = value switch
        {
            JsonArray order => [.. order.Select(id => (IReadOnlyList<string>)[NumberOf(id, answers, listIds)])],
            JsonObject { Count: 1 } named when named.Single() is { Value: JsonArray order } only && !IsTier(only.Key, out _) => [.. order.Select(id => (IReadOnlyList<string>)[NumberOf(id, answers, listIds)])],
            JsonObject buckets => Buckets(buckets, answers, listIds),
            _ => throw Invalid("has no order"),
        };
        var twice = groups.SelectMany(g => g).GroupBy(n => n).FirstOrDefault(g => g.Count() > 1);
        return twice is null ? groups : throw Invalid($"ranks answer {twice.Key} {twice.Count()} times");
    }

    private static List<IReadOnlyList<string>> Buckets(JsonObject buckets, int answers, IReadOnlyList<string>? listIds)
    {
        var tiers = new SortedDictionary<int, IReadOnlyList<string>>();
        foreach (var (name, ids) in buckets)
        {
            // What nobody moved into a bucket.
            if (name == "_") continue;
            if (!IsTier(name, out var tier)) throw Invalid($"has the bucket '{name}', which says no place");
            if (ids is JsonArray { Count: > 0 } list) tiers[tier] = [.. list.Select(id => NumberOf(id, answers, listIds))];
        }
        return [.. tiers.Values];
    }

    private static bool IsTier(string name, out int tier) => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out tier);

    private static string NumberOf(JsonNode? id, int answers, IReadOnlyList<string>? listIds)
    {
        var text = id?.ToString() ?? "";
        var number = listIds is null ? TaskFields.NumberOf(text) : listIds.ToList().IndexOf(text) + 1;
        return number >= 1 && number <= answers ? number.ToString(CultureInfo.InvariantCulture) : throw Invalid($"ranks '{text}', which is none of the task's {answers} answers");
    }

    private static RlhfException Invalid(string what) =>
        new("invalid-result", $"The Ranker's value {what}.", "Rank the ids of the task's list in an array, or in buckets called 1, 2, 3… from best to worst.");
}
