using System.Text.Json;
using System.Text.Json.Nodes;
using Rlhf.LabelStudio.Results;

namespace Rlhf.LabelStudio.Server;

/// <summary>What a task that we gave away says about itself, in its data's <c>meta</c>: whose it is, and which of the comparison's answers <c>answer1</c>, <c>answer2</c>… are.</summary>
/// <param name="Order">Places in the comparison's own order, from 1. Places and not ids: annotators may see a task's data.</param>
internal sealed record TaskMeta(CampaignId Campaign, ComparisonId Comparison, IReadOnlyList<int> Order)
{
    private const string CampaignMember = "campaign";
    private const string ComparisonMember = "comparison";
    private const string OrderMember = "order";

    public JsonObject ToJson() => new()
    {
        [CampaignMember] = Campaign.Value,
        [ComparisonMember] = Comparison.Value,
        [OrderMember] = new JsonArray([.. Order.Select(place => (JsonNode)place)]),
    };

    /// <summary>Null where the data is no task of ours.</summary>
    public static TaskMeta? Read(JsonElement data)
    {
        if (data.ValueKind != JsonValueKind.Object || !data.TryGetProperty(TaskFields.Meta, out var meta) || meta.ValueKind != JsonValueKind.Object) return null;
        if (Text(meta, CampaignMember) is not { } campaign || Text(meta, ComparisonMember) is not { } comparison) return null;
        if (!meta.TryGetProperty(OrderMember, out var order) || order.ValueKind != JsonValueKind.Array || order.EnumerateArray().Any(i => i.ValueKind != JsonValueKind.Number || !i.TryGetInt32(out _))) return null;
        return IdRules.IsValid(campaign) && IdRules.IsValid(comparison) ? new(new(campaign), new(comparison), [.. order.EnumerateArray().Select(i => i.GetInt32())]) : null;
    }

    private static string? Text(JsonElement meta, string name) => meta.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
