namespace Rlhf.Preferences;

/// <summary>Pairs that a soft rule makes of a tie: as many votes for one answer as for the other, so which of them stands as chosen says nothing. Whoever can't be told the share must not get them.</summary>
public static class EvenPairs
{
    public static bool IsEven(PreferencePair pair) => Math.Abs(pair.Preference - 0.5) < Leaning.Even;

    /// <summary>All others; where a comparison has some, they weigh together what all of its pairs did, as with a hard rule.</summary>
    public static IReadOnlyList<PreferencePair> LeaveOut(IReadOnlyList<PreferencePair> pairs)
    {
        if (!pairs.Any(IsEven)) return pairs;
        return [.. pairs.GroupBy(p => p.Comparison).SelectMany(comparison => Others([.. comparison]))];
    }

    private static IEnumerable<PreferencePair> Others(List<PreferencePair> pairs)
    {
        var others = pairs.Where(p => !IsEven(p)).ToList();
        if (others.Count == pairs.Count) return others;
        var scale = pairs.Sum(p => p.Weight) / others.Sum(p => p.Weight);
        return others.Select(p => p with { Weight = p.Weight * scale });
    }
}
