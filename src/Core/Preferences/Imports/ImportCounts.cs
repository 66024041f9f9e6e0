using Rlhf.Labeling;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Imports;

/// <summary>What a file, or a page of one, brought.</summary>
/// <param name="Prompts">That the campaign did not have.</param>
/// <param name="Open">Comparisons without rankings: they are asked here.</param>
public sealed record ImportCounts(int Prompts, int Comparisons, int Open, IReadOnlyDictionary<AnnotatorKind, int> Rankings, IReadOnlyDictionary<Split, int> Splits)
{
    public static ImportCounts Empty { get; } = new(0, 0, 0, new Dictionary<AnnotatorKind, int>(), new Dictionary<Split, int>());

    public static ImportCounts operator +(ImportCounts a, ImportCounts b) =>
        new(a.Prompts + b.Prompts, a.Comparisons + b.Comparisons, a.Open + b.Open, Sum(a.Rankings, b.Rankings), Sum(a.Splits, b.Splits));

    private static Dictionary<T, int> Sum<T>(IReadOnlyDictionary<T, int> a, IReadOnlyDictionary<T, int> b) where T : notnull =>
        a.Concat(b).GroupBy(p => p.Key).ToDictionary(g => g.Key, g => g.Sum(p => p.Value));
}

/// <summary>What became of a file of labels.</summary>
/// <param name="Annotators">Its annotators' ids begin so.</param>
/// <param name="Notes">What of its lines was not kept, by how many.</param>
/// <param name="Warnings">What the owner should know before training on it.</param>
public sealed record ImportSummary(string Name, string Format, string Annotators, ImportCounts Counts, IReadOnlyDictionary<string, int> Notes, IReadOnlyList<string> Warnings);

/// <summary>What a file of labels would bring, read and not kept.</summary>
/// <param name="Format">As it was recognised.</param>
/// <param name="Comparisons">Before those that the campaign has already are taken out.</param>
/// <param name="KindNeeded">Rankings of which the file does not say who made them: whoever imports has to.</param>
/// <param name="Loses">What the format's files hold that is not kept.</param>
public sealed record ImportCheck(
    string Format, string Title, int Comparisons, int Rejected, int KindNeeded, IReadOnlyDictionary<AnnotatorKind, int> Rankings, IReadOnlyDictionary<Split, int> Splits,
    IReadOnlyList<string> Loses, IReadOnlyDictionary<string, int> Notes, IReadOnlyList<LineError> Errors);
