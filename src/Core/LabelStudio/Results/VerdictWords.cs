using System.Text.Json.Nodes;
using Rlhf.Labeling;

namespace Rlhf.LabelStudio.Results;

/// <summary>What Pairwise has no word for, in a Choices field of a fixed name: a tie, both bad, and how much better the chosen side is.</summary>
public static class VerdictWords
{
    /// <summary><c>name</c> of the Choices tag in a template, <c>from_name</c> in its results.</summary>
    public const string FieldName = "rlhf-verdict";

    public const string Tie = "tie";
    public const string BothBad = "both bad";

    /// <summary>Strengths 1, 2, 3.</summary>
    private static readonly string[] Strengths = ["slightly better", "better", "much better"];

    public static string List { get; } = string.Join(", ", [Tie, BothBad, .. Strengths]);

    public static bool IsKnown(string word) => word is Tie or BothBad || Strengths.Contains(word);

    /// <summary>What can be said on a scale with so many strengths; one alone says nothing.</summary>
    public static IEnumerable<string> UpTo(int strengths) => [Tie, BothBad, .. strengths > 1 ? Strengths.Take(strengths) : []];

    /// <summary>1 to 3; null where the word is no strength.</summary>
    public static int? StrengthOf(string? word) => Array.IndexOf(Strengths, word) is >= 0 and var index ? index + 1 : null;

    /// <summary>As Label Studio writes a choice.</summary>
    /// <param name="to">The object that the Choices tag is about.</param>
    public static RankingField ToField(string word, string to) => new(FieldName, "choices", new() { ["choices"] = new JsonArray(word) }, to);

    /// <summary>The word for what Pairwise, or the Ranker of more answers, can't say; null where it can say all of it.</summary>
    public static string? For(Ranking ranking) => ranking switch
    {
        { Outcome: RankingOutcome.BothBad } => BothBad,
        { Outcome: RankingOutcome.Ranked, Tiers.Count: 1, ShownOrder.Count: 2 } => Tie,
        { Strength: >= 1 and <= 3 and var strength } => Strengths[strength - 1],
        _ => null,
    };
}
