using System.Security.Cryptography;
using System.Text;
using Rlhf.Prompts;

namespace Rlhf.Labeling.Ordering;

/// <summary>A comparison that is open, and where it stands.</summary>
/// <param name="Place">0..<see cref="ComparisonPlaces.Last"/>: its <see cref="Comparison.Priority"/>.</param>
public sealed record PlacedComparison(ComparisonId Comparison, int Place);

/// <summary>In what order a campaign's comparisons are asked: pure.</summary>
/// <remarks>
/// Every comparison begins at a random place. Those that are ordered exchange their places among themselves, the one that the heads differ most about takes the first of them; all others stay where they are.
/// So however far people get, they have ranked the same share of the ordered ones and of each kind that is not ordered: the random share, validation and test.
/// </remarks>
public static class ComparisonPlaces
{
    /// <summary>Few places: annotators who ask together are spread over the comparisons of one.</summary>
    public const int Last = 99;

    /// <summary>More than are ranked before they are sorted again.</summary>
    public const int Front = 250;

    /// <summary>By the id, a hash: as good as at random, and the same whenever it is made.</summary>
    public static int RandomOf(ComparisonId comparison) => (int)(Uniform($"place\n{comparison}") * (Last + 1));

    /// <summary>Whether it keeps its random place: validation and test comparisons always do, since figures are told by them, and so does the random share of the others.</summary>
    /// <param name="share">0..1.</param>
    public static bool StaysRandom(Comparison comparison, double share) =>
        comparison.Kind != ComparisonKind.Ordinary || comparison.Prompt.Split != Split.Train || Uniform($"random\n{comparison.Id}") < share;

    /// <summary>The ordered comparisons' places, exchanged among themselves: the greatest disagreement comes first. Only the first <see cref="Front"/> are sorted, since each move is written;
    /// those that make room for them go where they came from.</summary>
    /// <returns>Those that move.</returns>
    public static IReadOnlyList<PlacedComparison> Exchange(IReadOnlyList<(PlacedComparison Placed, double Disagreement)> ordered)
    {
        // Of equal ones none is moved for nothing.
        var wanted = ordered.OrderByDescending(o => o.Disagreement).ThenBy(o => o.Placed.Place).ThenBy(o => o.Placed.Comparison.Value, StringComparer.Ordinal).Select(o => o.Placed).Take(Front).ToList();
        var there = ordered.OrderBy(o => o.Placed.Place).ThenByDescending(o => o.Disagreement).Select(o => o.Placed).Take(Front).ToList();
        var sorted = wanted.Zip(there, (comparison, place) => (comparison, place.Place));
        var making = there.Except(wanted).Zip(wanted.Except(there), (comparison, left) => (comparison, left.Place));
        return [.. sorted.Concat(making).Where(m => m.comparison.Place != m.Place).Select(m => m.comparison with { Place = m.Place })];
    }

    /// <summary>In [0, 1).</summary>
    private static double Uniform(string text) => (BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(text))) >> 11) / (double)(1UL << 53);
}
