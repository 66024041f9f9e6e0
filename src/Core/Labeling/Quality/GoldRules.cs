namespace Rlhf.Labeling.Quality;

/// <summary>Whether a ranking says what is known.</summary>
public static class GoldRules
{
    /// <summary>Right is: the same outcome, and every two answers that the gold tells apart are told apart the same way. What the gold ties or leaves out may stand as it likes.</summary>
    public static bool IsRight(GoldAnswer gold, Ranking ranking)
    {
        if (gold.Outcome != ranking.Outcome) return false;
        for (var better = 0; better < gold.Tiers.Count; better++)
            for (var worse = better + 1; worse < gold.Tiers.Count; worse++)
                foreach (var best in gold.Tiers[better])
                    if (gold.Tiers[worse].Any(other => !IsAbove(ranking, best, other))) return false;
        return true;
    }

    private static bool IsAbove(Ranking ranking, string best, string other)
    {
        var (place, below) = (TierOf(ranking, best), TierOf(ranking, other));
        // Best and worst alone leave the middle out: an answer that is not placed is not told apart.
        return place >= 0 && below >= 0 && place < below;
    }

    private static int TierOf(Ranking ranking, string answer) => ranking.Tiers.ToList().FindIndex(tier => tier.Contains(answer));
}
