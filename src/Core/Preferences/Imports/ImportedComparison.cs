using System.Text.Json.Nodes;
using Rlhf.Generation;
using Rlhf.Labeling;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Imports;

/// <summary>A prompt with its answers and what annotators said of them elsewhere, as a file gives it.</summary>
/// <param name="Answers">2..9, no two of the same text and generator.</param>
/// <param name="Rankings">None: it is still to be ranked here.</param>
public sealed record ImportedComparison(IReadOnlyList<Message> Messages, IReadOnlyList<ImportedAnswer> Answers, IReadOnlyList<ImportedRanking> Rankings)
{
    public string? Group { get; init; }

    /// <summary>Where the file says it; by hash of the group otherwise.</summary>
    public Split? Split { get; init; }

    public JsonObject? Metadata { get; init; }

    /// <summary>Where the file has several lines for a task and says which: of a judge's lines on the same one the newest counts. Null: it does not say.</summary>
    public string? Task { get; init; }

    /// <summary>What the file calls the comparison that this pair is of; null where it says nothing.</summary>
    public string? Origin { get; init; }

    /// <summary>What its pairs weigh together; null is 1.</summary>
    public double? Weight { get; init; }
}

/// <param name="Generator">Null where the file does not say who wrote it.</param>
public sealed record ImportedAnswer(string Text, string? Generator = null, FinishReason FinishReason = FinishReason.Stop);

/// <param name="Tiers">From best to worst, by the answers' places in <see cref="ImportedComparison.Answers"/>.</param>
public sealed record ImportedRanking(RankingOutcome Outcome, IReadOnlyList<IReadOnlyList<int>> Tiers)
{
    /// <summary>Null where the file does not say what kind of annotator it was; whoever imports has to.</summary>
    public AnnotatorKind? Kind { get; init; }

    /// <summary>Tells annotators of one file apart; null: the file knows of one only.</summary>
    public string? Judge { get; init; }

    public int? Strength { get; init; }

    public string? Comment { get; init; }

    public string? BetterAnswer { get; init; }

    /// <summary>What was asked beside the ranking.</summary>
    public IReadOnlyList<RankingField>? Fields { get; init; }

    /// <summary>Answers as they were shown, left to right; null where the file does not say.</summary>
    public IReadOnlyList<int>? ShownOrder { get; init; }

    public TimeSpan? ActiveTime { get; init; }

    /// <summary>Null: the moment of the import.</summary>
    public DateTimeOffset? SubmittedAt { get; init; }

    /// <summary>The same of answers that stand at other places.</summary>
    public ImportedRanking Moved(IReadOnlyList<int> places) => this with
    {
        Tiers = [.. Tiers.Select(tier => (IReadOnlyList<int>)[.. tier.Select(i => places[i])])],
        ShownOrder = ShownOrder is { } shown ? [.. shown.Select(i => places[i])] : null,
    };
}
