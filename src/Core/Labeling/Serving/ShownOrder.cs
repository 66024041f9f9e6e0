using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rlhf.Labeling.Serving;

/// <summary>Which answer stands where. Annotators know answers by their place only (<c>1</c> is the leftmost): an answer's own id could tell its generator.</summary>
public static class ShownOrder
{
    /// <summary>The answers' ids in an order drawn for this annotator; the same one whenever it is asked for.</summary>
    public static IReadOnlyList<string> For(Comparison comparison, AnnotatorId annotator) =>
        [.. comparison.Answers.Select(a => a.Id).OrderBy(id => Draw(comparison.Id, annotator, id), StringComparer.Ordinal)];

    public static string PlaceOf(int index) => (index + 1).ToString(CultureInfo.InvariantCulture);

    public static IReadOnlyList<string> Places(int count) => [.. Enumerable.Range(0, count).Select(PlaceOf)];

    /// <summary>The answer id at a place, or null where there is no such place.</summary>
    public static string? AnswerAt(IReadOnlyList<string> shownOrder, string place)
    {
        var index = Enumerable.Range(0, shownOrder.Count).FirstOrDefault(i => PlaceOf(i) == place, -1);
        return index < 0 ? null : shownOrder[index];
    }

    public static string PlaceOf(IReadOnlyList<string> shownOrder, string answer) => PlaceOf(shownOrder.ToList().IndexOf(answer));

    private static string Draw(ComparisonId comparison, AnnotatorId annotator, string answer) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{comparison}~{annotator}~{answer}")));
}
