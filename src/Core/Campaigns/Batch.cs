using Rlhf.Labeling;
using Rlhf.Labeling.Agreement;
using Rlhf.Preferences;
using Rlhf.Preferences.Imports;
using Rlhf.Prompts;

namespace Rlhf.Campaigns;

public enum BatchState { Planned, Generating, Open, Done, Cancelled }

/// <summary>A labeling batch's row: prompts that one LabelBatch carries to their rankings.</summary>
/// <param name="Kind">Test: comparisons that judge models, made by an evaluation; they give no pairs.</param>
/// <param name="Prompts">Its prompts by reference, in order.</param>
/// <param name="Next">Where the next batch begins reading.</param>
/// <param name="Run">The run that is judged, where <paramref name="Kind"/> is Test.</param>
/// <param name="Counts">How it stood when it ended.</param>
/// <param name="Pairs">What its pair file holds; null before there is one.</param>
public sealed record Batch(
    BatchId Id, CampaignId Campaign, int Round, ComparisonKind Kind, BatchState State, IReadOnlyList<PromptSlice> Prompts, PromptCursor Next,
    DateTimeOffset PlannedAt, RunId? Run = null, int Comparisons = 0, long Tokens = 0, BatchCounts? Counts = null, PairFile? Pairs = null,
    DateTimeOffset? EndedAt = null)
{
    /// <summary>What its rankings add to the campaign's alpha, beside <see cref="Counts"/>; null on rows of earlier versions.</summary>
    public AgreementSums? Agreement { get; init; }

    /// <summary>When it was opened for ranking, from where its deadline counts; null before, and on rows of earlier versions.</summary>
    public DateTimeOffset? OpenedAt { get; init; }

    /// <summary>How long its campaign had been paused by then.</summary>
    public TimeSpan PausedBefore { get; init; }

    /// <summary>The file that its comparisons came from with their rankings; null where the pipeline made them.</summary>
    public ImportSource? Import { get; init; }

    /// <summary>Prompts that got no comparison, by reason.</summary>
    public IReadOnlyDictionary<string, int> Dropped { get; init; } = new Dictionary<string, int>();

    /// <summary>Comparisons that ended without their rankings, by reason.</summary>
    public IReadOnlyDictionary<string, int> Unfinished { get; init; } = new Dictionary<string, int>();

    public int PromptCount => Prompts.Sum(p => p.Count);

    public bool HasEnded => State is BatchState.Done or BatchState.Cancelled;
}
