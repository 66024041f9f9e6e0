namespace Rlhf.Campaigns;

public enum CampaignState { Active, Paused, Cancelled, Completed }

/// <summary>A campaign's row. The settings stand in it whole; long texts go to blobs.</summary>
/// <param name="Reason">Why it is paused or cancelled, for a person.</param>
/// <param name="Runs">Runs started so far; the next one's number is one more.</param>
public sealed record Campaign(
    CampaignSettings Settings, CampaignState State, DateTimeOffset CreatedAt, int Round = 1, int Runs = 0, string? Reason = null)
{
    public CampaignId Id => Settings.Id;

    /// <summary>What keeps the pipeline from getting on; null where nothing does. Beside <see cref="CampaignState.Paused"/> it is why; otherwise it is tried again by itself.</summary>
    public CampaignTrouble? Trouble { get; init; }

    /// <summary>Since when it is paused; null where it is not.</summary>
    public DateTimeOffset? PausedAt { get; init; }

    /// <summary>How long it was paused in all, without <see cref="PausedAt"/>'s pause.</summary>
    public TimeSpan PausedFor { get; init; }

    /// <summary>When the owner closed the labeling: what was open ended with the rankings it had, and no more is asked until prompts are added.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>When the priorities of open comparisons were last written anew: whoever asks for a task then begins with the first again. Null: never.</summary>
    public DateTimeOffset? OrderedAt { get; init; }

    /// <summary>Comparisons that were made gold of: they give no pairs.</summary>
    public IReadOnlyList<ComparisonId> GoldFrom { get; init; } = [];

    /// <summary>The latest changes of its settings, the newest last.</summary>
    public IReadOnlyList<SettingsChange> Changes { get; init; } = [];

    /// <summary>Annotators whose rankings are left out of pairs; the rankings themselves are kept.</summary>
    public IReadOnlyList<AnnotatorId> ExcludedAnnotators { get; init; } = [];
}

/// <param name="Since">When it was first met; the same trouble met again keeps it.</param>
public sealed record CampaignTrouble(string Code, string Message, string Remedy, DateTimeOffset Since);
