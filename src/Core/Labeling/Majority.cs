using Rlhf.Labeling.Agreement;

namespace Rlhf.Labeling;

/// <summary>Whether annotators of one comparison agree enough to go on.</summary>
public static class Majority
{
    /// <summary>Those of one comparison that decide: the reviewers', where there are any, otherwise all.</summary>
    public static IReadOnlyList<Ranking> Deciding(IReadOnlyList<Ranking> counted) => counted.Any(r => r.Decides) ? [.. counted.Where(r => r.Decides)] : counted;

    /// <summary>Several have ranked, and no winner (an answer, a tie, none) has more than half of them.</summary>
    public static bool IsMissing(IReadOnlyCollection<Ranking> counted) =>
        counted.Count > 1 && 2 * counted.GroupBy(RatedValue.WinnerOf).Max(g => g.Count()) <= counted.Count;
}
