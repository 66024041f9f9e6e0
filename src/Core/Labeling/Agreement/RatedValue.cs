namespace Rlhf.Labeling.Agreement;

/// <summary>A ranking as one value to agree on. Values name answers, never sides, so that the order on the screen does not matter.</summary>
public static class RatedValue
{
    public const string None = "none";

    /// <summary>Whether the ranking is one of those that may agree: not extra, no skip, and no reviewer's.</summary>
    public static bool Counts(Ranking ranking) => ranking is { Extra: false, Decides: false, Outcome: not RankingOutcome.Skip };

    /// <summary>Which answers won: one, several that tie, or none.</summary>
    public static string WinnerOf(Ranking ranking) =>
        ranking.Outcome == RankingOutcome.BothBad || ranking.Tiers.Count == 0 ? None : string.Join('+', ranking.Tiers[0].Order(StringComparer.Ordinal));

    /// <summary>Of two answers, how much the one whose id comes first is better: its strength, 0 for a tie, negative where the other is better; null where there are not two, or none is good.</summary>
    public static int? StrengthOf(Ranking ranking)
    {
        if (ranking.Outcome != RankingOutcome.Ranked || ranking.ShownOrder.Count != 2 || ranking.Tiers.Sum(t => t.Count) != 2) return null;
        if (ranking.Tiers.Count == 1) return 0;
        var isFirst = ranking.Tiers[0][0] == ranking.ShownOrder.Min(StringComparer.Ordinal);
        return (isFirst ? 1 : -1) * (ranking.Strength ?? 1);
    }
}
