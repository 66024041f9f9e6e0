using System.Globalization;
using System.Text.Json.Nodes;
using Rlhf.Labeling;
using Rlhf.LabelStudio.Results;
using Rlhf.LabelStudio.Server;
using Rlhf.LabelStudio.Templates;

namespace Rlhf.LabelStudio.Files;

/// <summary>Comparisons and rankings in Label Studio's shapes, answers in the comparison's own order: what was shuffled for an annotator is mapped back.</summary>
/// <param name="template">The campaign's own; without one, as <see cref="DefaultTemplates"/> name things.</param>
internal sealed class AnnotationWriter(LabelTemplate? template)
{
    /// <summary>A task's data, with what only we know of it in <c>meta</c>.</summary>
    public JsonObject Data(CampaignId campaign, Comparison comparison)
    {
        var order = OrderOf(comparison);
        var data = TaskWriter.DataOf(comparison, order);
        TaskWriter.AddVariables(data, comparison, order, template);
        data["split"] = comparison.Prompt.Split.ToString().ToLowerInvariant();
        if (comparison.Prompt.Group is { } group) data["group"] = group;
        if (comparison.Prompt.Metadata is { } metadata) data["metadata"] = metadata.DeepClone();
        var meta = new TaskMeta(campaign, comparison.Id, [.. Enumerable.Range(1, order.Count)], template?.LeftNumber ?? 1).ToJson();
        meta["generators"] = new JsonArray([.. comparison.Answers.Select(a => (JsonNode)a.Generator)]);
        meta["finishReasons"] = new JsonArray([.. comparison.Answers.Select(a => (JsonNode)a.FinishReason.ToString().ToLowerInvariant())]);
        data[TaskFields.Meta] = meta;
        return data;
    }

    /// <summary>What the ranking says in the template's tags: <c>result</c>'s entries.</summary>
    public IReadOnlyList<StudioItem> Items(Comparison comparison, Ranking ranking)
    {
        var items = new List<StudioItem>();
        if (Choice(comparison, ranking) is { } choice) items.Add(choice);
        if (VerdictWords.For(ranking) is { } word && HasPlace(word)) items.Add(Item(VerdictWords.ToField(word, template?.Verdict?.To ?? TaskFields.Prompt)));
        items.AddRange((ranking.Fields ?? []).Select(Item));
        return items;
    }

    public AnnotationMeta Meta(Comparison comparison, Ranking ranking) =>
        AnnotationMeta.Of(ranking, OrderOf(comparison), isWhole: VerdictWords.For(ranking) is not { } word || HasPlace(word));

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    private bool HasPlace(string word) => template is null || template.Words.Contains(word);

    private StudioItem? Choice(Comparison comparison, Ranking ranking)
    {
        if (ranking.Outcome != RankingOutcome.Ranked) return null;
        var order = OrderOf(comparison);
        if (order.Count > 2) return Ranker(order, ranking);
        if (ranking.Tiers.Count != 2) return null;
        var name = template?.Pairwise ?? DefaultTemplates.PairwiseName;
        var isLeft = order[(template?.LeftNumber ?? 1) - 1] == ranking.Tiers[0][0];
        return new(name, "pairwise", name, new() { ["selected"] = isLeft ? "left" : "right" });
    }

    private static StudioItem Ranker(List<string> order, Ranking ranking)
    {
        var buckets = new JsonObject(ranking.Tiers.Select((tier, i) => KeyValuePair.Create(
            (i + 1).ToString(CultureInfo.InvariantCulture), (JsonNode?)new JsonArray([.. tier.Select(id => (JsonNode)TaskFields.Answer(order.IndexOf(id) + 1))]))));
        return new(DefaultTemplates.RankerName, "ranker", DefaultTemplates.ListName, new() { ["ranker"] = buckets });
    }

    private static StudioItem Item(RankingField field) => new(field.Name, field.Type, field.To ?? TaskFields.Prompt, (JsonObject)field.Value.DeepClone());

    private static List<string> OrderOf(Comparison comparison) => [.. comparison.Answers.Select(a => a.Id)];
}
