using System.Text.Json.Nodes;
using Rlhf.Labeling;

namespace Rlhf.LabelStudio.Results;

/// <summary>An annotation's result to a judgement: Pairwise (any name), Ranker, the verdict field, and whatever else was asked.</summary>
public static class ResultReader
{
    /// <param name="items">Entries of <c>result</c>; none is no preference.</param>
    /// <param name="answers">Answers the task has.</param>
    /// <param name="listIds">Ids of the task's list in the answers' order, for Ranker; null where they are <c>answer1</c>, <c>answer2</c>….</param>
    /// <exception cref="RlhfException"><c>invalid-result</c>.</exception>
    public static StudioJudgement Read(IReadOnlyList<StudioItem> items, int answers, IReadOnlyList<string>? listIds = null)
    {
        var choice = items.FirstOrDefault(IsPairwise);
        var ranker = items.FirstOrDefault(i => i.Type == "ranker");
        var verdict = items.FirstOrDefault(i => i.From == VerdictWords.FieldName && i.Type == "choices");
        IReadOnlyList<RankingField> fields = [.. items.Where(i => i != choice && i != ranker && i != verdict).Select(i => i.ToField())];
        var all = Numbers(answers);
        if (WordOf(verdict) is { } word)
        {
            if (word == VerdictWords.BothBad) return new(RankingOutcome.BothBad, [], null, false, fields);
            if (word == VerdictWords.Tie) return new(RankingOutcome.Ranked, [all], null, false, fields);
        }
        if (choice is not null && SideOf(choice) is { } side) return new(RankingOutcome.Ranked, Chosen(side, answers), VerdictWords.StrengthOf(WordOf(verdict)), false, fields) { IsSide = true };
        if (ranker is not null && RankerTiers.Read(ranker.Value["ranker"], answers, listIds) is { Count: > 0 } tiers) return new(RankingOutcome.Ranked, tiers, null, false, fields);
        return new(RankingOutcome.Ranked, [all], null, IsEmpty: true, fields);
    }

    private static bool IsPairwise(StudioItem item) => item.Type == "pairwise" || (item.Type.Length == 0 && item.Value.ContainsKey("selected"));

    /// <summary>0 is left, 1 is right; null where neither is.</summary>
    private static int? SideOf(StudioItem choice)
    {
        var selected = choice.Value["selected"] is JsonArray { Count: 1 } one ? one[0] : choice.Value["selected"];
        return (selected as JsonValue)?.TryGetValue<string>(out var side) != true ? null : side switch
        {
            "left" => 0,
            "right" => 1,
            "none" or "" => null,
            _ => throw new RlhfException("invalid-result", $"'{choice.From}' selects '{side}'.", "Pairwise selects left or right."),
        };
    }

    private static IReadOnlyList<IReadOnlyList<string>> Chosen(int side, int answers)
    {
        if (answers != 2) throw new RlhfException("invalid-result", $"The task has {answers} answers, and Pairwise compares 2.", "Rank them with a Ranker tag.");
        var all = Numbers(2);
        return [[all[side]], [all[1 - side]]];
    }

    private static string? WordOf(StudioItem? verdict) =>
        verdict?.Value["choices"] is JsonArray { Count: > 0 } words && words[0] is JsonValue first && first.TryGetValue<string>(out var word) ? word : null;

    internal static IReadOnlyList<string> Numbers(int count) => Labeling.Serving.ShownOrder.Places(count);
}
