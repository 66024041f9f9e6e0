using Rlhf.Campaigns;
using Rlhf.Preferences.Imports;

namespace Rlhf.Prompts;

/// <summary>Where reading goes on: the prompt at <paramref name="Index"/> of page <paramref name="Page"/>.</summary>
public sealed record PromptCursor(int Page = 0, int Index = 0);

/// <summary>Prompts of one page's blob, by reference.</summary>
public sealed record PromptSlice(string Blob, int From, int Count);

/// <param name="Next">The cursor behind what was taken.</param>
public sealed record PromptTake(IReadOnlyList<PromptSlice> Slices, PromptCursor Next)
{
    public int Count => Slices.Sum(s => s.Count);
}

/// <summary>What became of a page of a file's good lines.</summary>
public sealed record PageResult(int Accepted, int Duplicates, IReadOnlyList<LineError> Conflicts)
{
    /// <summary>Of a page of comparisons; null of prompts.</summary>
    public ImportCounts? Imported { get; init; }
}

/// <summary>Row <c>head</c>: how many pages and prompts there are.</summary>
public sealed record PromptHead(int Pages = 0, int Train = 0, int Validation = 0, int Test = 0)
{
    public PromptCounts Counts => new(Train, Validation, Test);

    public PromptHead Plus(IReadOnlyList<Prompt> page) => new(
        Pages + 1, Train + page.Count(p => p.Split == Split.Train), Validation + page.Count(p => p.Split == Split.Validation),
        Test + page.Count(p => p.Split == Split.Test));
}

/// <param name="IsRanked">Its prompts came with answers and rankings: none are asked for.</param>
/// <param name="Origin">The page of a file that it was taken from: whoever reads that page too, or again, counts these prompts as it does. Null of pages that are older, and of labels.</param>
internal sealed record PromptPage(int Number, string Blob, int Count, bool IsRanked = false, string? Origin = null);

internal sealed record PromptEntry(int Page, Split Split);

internal sealed record PromptGroup(Split Split);
