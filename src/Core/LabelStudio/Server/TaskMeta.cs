using System.Text.Json;
using System.Text.Json.Nodes;
using Rlhf.Labeling;
using Rlhf.LabelStudio.Results;

namespace Rlhf.LabelStudio.Server;

/// <summary>What a task that we gave away says about itself, in its data's <c>meta</c>: whose it is, and which of the comparison's answers <c>answer1</c>, <c>answer2</c>… are.</summary>
/// <param name="Order">Places in the comparison's own order, from 1. Places and not ids: annotators may see a task's data.</param>
/// <param name="Left">Number of the answer that the template shows left; null in what went out before it was said.</param>
internal sealed record TaskMeta(CampaignId Campaign, ComparisonId Comparison, IReadOnlyList<int> Order, int? Left = null)
{
    private const string CampaignMember = "campaign";
    private const string ComparisonMember = "comparison";
    private const string OrderMember = "order";
    private const string LeftMember = "left";

    /// <summary>The answers' own ids as the task has them: <c>answer1</c> is the first. Null where these are not the places of the comparison's answers.</summary>
    public IReadOnlyList<string>? OrderOf(Comparison comparison) =>
        Order.Order().SequenceEqual(Enumerable.Range(1, comparison.Answers.Count)) ? [.. Order.Select(place => comparison.Answers[place - 1].Id)] : null;

    public JsonObject ToJson() => new()
    {
        [CampaignMember] = Campaign.Value,
        [ComparisonMember] = Comparison.Value,
        [OrderMember] = new JsonArray([.. Order.Select(place => (JsonNode)place)]),
        [LeftMember] = Left,
    };

    /// <summary>Null where the data is no task of ours.</summary>
    public static TaskMeta? Read(JsonElement data)
    {
        if (data.ValueKind != JsonValueKind.Object || !data.TryGetProperty(TaskFields.Meta, out var meta) || meta.ValueKind != JsonValueKind.Object) return null;
        if (Text(meta, CampaignMember) is not { } campaign || Text(meta, ComparisonMember) is not { } comparison) return null;
        if (!meta.TryGetProperty(OrderMember, out var order) || order.ValueKind != JsonValueKind.Array || order.EnumerateArray().Any(i => i.ValueKind != JsonValueKind.Number || !i.TryGetInt32(out _))) return null;
        return IdRules.IsValid(campaign) && IdRules.IsValid(comparison) ? new(new(campaign), new(comparison), [.. order.EnumerateArray().Select(i => i.GetInt32())], LeftOf(data)) : null;
    }

    /// <summary>The same of any task's data, whoever's it is.</summary>
    public static int? LeftOf(JsonElement data) =>
        data.TryGetProperty(TaskFields.Meta, out var meta) && AnnotationMessage.Number(meta, LeftMember) is { } left and (1 or 2) ? (int)left : null;

    private static string? Text(JsonElement meta, string name) => meta.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
