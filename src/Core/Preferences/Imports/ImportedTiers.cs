namespace Rlhf.Preferences.Imports;

/// <summary>Pairs of more than two answers as the rankings they were made of, where all annotators said the same and the pairs fit together.</summary>
internal static class ImportedTiers
{
    /// <param name="pairs">Of one comparison, no two of the same answers.</param>
    /// <returns>Null where they are no such rankings.</returns>
    public static ImportedComparison? Of(IReadOnlyList<ImportedComparison> pairs)
    {
        var first = pairs[0];
        if (!pairs.All(IsUnanimous) || !pairs.All(p => p.Rankings.Select(r => r.Kind).SequenceEqual(first.Rankings.Select(r => r.Kind)))) return null;
        var answers = pairs.SelectMany(p => p.Answers).Distinct().ToList();
        if (answers.Count > Campaigns.CampaignSettingsRules.MaximumAnswers) return null;
        var known = pairs.ToDictionary(p => (answers.IndexOf(p.Answers[0]), answers.IndexOf(p.Answers[1])), p => p.Rankings[0].Tiers.Count == 2);
        var wins = Enumerable.Range(0, answers.Count).Select(a => known.Count(k => k.Value && k.Key.Item1 == a)).ToList();
        if (!Fits(known, wins)) return null;
        var tiers = Enumerable.Range(0, answers.Count).GroupBy(a => wins[a]).OrderByDescending(g => g.Key).Select(g => (IReadOnlyList<int>)[.. g]).ToList();
        return first with { Answers = answers, Rankings = [.. first.Rankings.Select(r => r with { Tiers = tiers, Strength = null })], Weight = pairs.Aggregate((double?)0, (sum, p) => sum + p.Weight) };
    }

    /// <summary>All put the chosen answer first, or all tie, and none says by how much: more than two answers carry no strength.</summary>
    private static bool IsUnanimous(ImportedComparison pair) =>
        pair.Rankings.All(r => r.Strength is null or 1 && r.Tiers.Count == pair.Rankings[0].Tiers.Count && r.Tiers[0][0] == 0);

    /// <summary>Whoever has won more is said to be better, and nobody else; a tie may stand there or be left out.</summary>
    private static bool Fits(Dictionary<(int Better, int Worse), bool> known, List<int> wins)
    {
        for (var a = 0; a < wins.Count; a++)
        {
            for (var b = 0; b < wins.Count; b++)
            {
                var isBetter = known.TryGetValue((a, b), out var isStrict) && isStrict;
                if (isBetter != wins[a] > wins[b]) return false;
            }
        }
        return true;
    }
}
