using Rlhf.Generation;
using Rlhf.Labeling;

namespace Rlhf.Preferences;

/// <summary>What the annotators of one comparison think of two of its answers.</summary>
internal sealed record Votes(Answer First, Answer Second, IReadOnlyList<Vote> All)
{
    /// <summary>Strength 1 is ⅓ raw reward units, 3 and more is 1.</summary>
    private const double MarginSteps = 3;

    public int Count => All.Count;

    /// <summary>Share that prefers the first, a tie is ½.</summary>
    public double Share => All.Average(v => v.ForFirst);

    public bool IsTie => Math.Abs(Share - 0.5) < 1e-12;

    /// <summary>One vote a ranking that has both answers in its tiers.</summary>
    public static Votes Between(Answer first, Answer second, IEnumerable<Ranking> rankings) =>
        new(first, second, [.. rankings.Select(r => Vote.Of(r, first.Id, second.Id)).OfType<Vote>()]);

    public PreferencePair ToPair(Comparison comparison, PairOptions options)
    {
        var (chosen, rejected, sign) = Share >= 0.5 ? (First, Second, 1) : (Second, First, -1);
        var preferring = All.Where(v => v.ForFirst != 0.5).ToList();
        var agreeing = preferring.Count(v => v.ForFirst > 0.5 == sign > 0);
        return new(
            comparison.Id, comparison.Prompt.Id, comparison.Prompt.Messages, chosen.Text, rejected.Text, comparison.Prompt.Split,
            Weight: 1, Preference: options.Soft ? Math.Max(Share, 1 - Share) : 1, Agreement: preferring.Count == 0 ? 0 : (double)agreeing / preferring.Count,
            AnnotatorKinds: [.. All.Select(v => v.Ranking.AnnotatorKind).Distinct().Order()], comparison.Round, Rankings: All.Count,
            Margin: options.UseMargin ? Margin(sign) : null, chosen.Generator, rejected.Generator, new(chosen.FinishReason, rejected.FinishReason));
    }

    private double Margin(int sign) =>
        Math.Max(0, All.Average(v => sign * Math.Sign(v.ForFirst - 0.5) * Math.Min(v.Ranking.Strength ?? 1, MarginSteps) / MarginSteps));
}

/// <param name="ForFirst">1 prefers the first answer, 0 the second, ½ a tie.</param>
internal sealed record Vote(Ranking Ranking, double ForFirst)
{
    public static Vote? Of(Ranking ranking, string first, string second)
    {
        if (ranking.Outcome != RankingOutcome.Ranked) return null;
        var (a, b) = (TierOf(ranking, first), TierOf(ranking, second));
        if (a < 0 || b < 0) return null;
        return new(ranking, a == b ? 0.5 : a < b ? 1 : 0);
    }

    private static int TierOf(Ranking ranking, string answer)
    {
        for (var tier = 0; tier < ranking.Tiers.Count; tier++)
            if (ranking.Tiers[tier].Contains(answer)) return tier;
        return -1;
    }
}
