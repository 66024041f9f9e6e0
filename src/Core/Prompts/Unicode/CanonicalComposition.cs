using System.Text;

namespace Rlhf.Prompts.Unicode;

/// <summary>Unicode normalization form C (UAX #15), from our own table: the runtime's does nothing in globalization-invariant mode and
/// otherwise follows whichever ICU a machine has, and a prompt's id must be the same everywhere.</summary>
public static class CanonicalComposition
{
    private const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TrailCount = 28, SyllableCount = LeadCount * VowelCount * TrailCount;

    /// <summary>The text in form C. Lone surrogates become U+FFFD.</summary>
    public static string Normalize(string text)
    {
        // Nothing below U+0300 combines, and no code point below it decomposes to anything but itself in form C.
        if (text.AsSpan().IndexOfAnyExceptInRange('\0', '\u02FF') < 0) return text;
        var points = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes()) Decompose(rune.Value, points);
        SortMarks(points);
        Compose(points);
        var normalized = new StringBuilder(text.Length);
        foreach (var point in points) normalized.Append(new Rune(point).ToString());
        return normalized.ToString();
    }

    private static void Decompose(int point, List<int> points)
    {
        var syllable = point - SyllableBase;
        if (syllable is >= 0 and < SyllableCount)
        {
            points.Add(LeadBase + syllable / (VowelCount * TrailCount));
            points.Add(VowelBase + syllable % (VowelCount * TrailCount) / TrailCount);
            if (syllable % TrailCount != 0) points.Add(TrailBase + syllable % TrailCount);
        }
        else if (CanonicalTable.Shared.Decompositions.TryGetValue(point, out var pair))
        {
            Decompose(pair.First, points);
            if (pair.Second != 0) Decompose(pair.Second, points);
        }
        else
        {
            points.Add(point);
        }
    }

    /// <summary>Canonical ordering: marks after a starter, stably by combining class.</summary>
    private static void SortMarks(List<int> points)
    {
        for (var i = 1; i < points.Count; i++)
        {
            var combiningClass = CanonicalTable.Shared.ClassOf(points[i]);
            for (var j = i; combiningClass != 0 && j > 0 && CanonicalTable.Shared.ClassOf(points[j - 1]) > combiningClass; j--)
                (points[j - 1], points[j]) = (points[j], points[j - 1]);
        }
    }

    private static void Compose(List<int> points)
    {
        var starter = -1;
        var written = 0;
        var previousClass = -1;
        foreach (var point in points.ToArray())
        {
            var combiningClass = CanonicalTable.Shared.ClassOf(point);
            // Blocked where something of the same or a higher class stands between it and the starter.
            var blocked = previousClass >= combiningClass && previousClass > 0 || previousClass == 0 && written - 1 != starter;
            if (starter >= 0 && !blocked && TryCompose(points[starter], point, out var composed))
            {
                points[starter] = composed;
                continue;
            }
            if (combiningClass == 0) starter = written;
            previousClass = combiningClass;
            points[written++] = point;
        }
        points.RemoveRange(written, points.Count - written);
    }

    private static bool TryCompose(int first, int second, out int composed)
    {
        var lead = first - LeadBase;
        var vowel = second - VowelBase;
        if (lead is >= 0 and < LeadCount && vowel is >= 0 and < VowelCount)
        {
            composed = SyllableBase + (lead * VowelCount + vowel) * TrailCount;
            return true;
        }
        var syllable = first - SyllableBase;
        var trail = second - TrailBase;
        if (syllable is >= 0 and < SyllableCount && syllable % TrailCount == 0 && trail is > 0 and < TrailCount)
        {
            composed = first + trail;
            return true;
        }
        return CanonicalTable.Shared.Compositions.TryGetValue((first, second), out composed);
    }
}
