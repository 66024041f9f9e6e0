namespace Rlhf.Campaigns;

public enum CampaignState { Active, Paused, Cancelled, Completed }

/// <summary>A campaign's row. The settings stand in it whole; long texts go to blobs.</summary>
/// <param name="Reason">Why it is paused or cancelled, for a person.</param>
/// <param name="Runs">Runs started so far; the next one's number is one more.</param>
public sealed record Campaign(
    CampaignSettings Settings, CampaignState State, DateTimeOffset CreatedAt, int Round = 1, int Runs = 0, string? Reason = null)
{
    public CampaignId Id => Settings.Id;

    /// <summary>Annotators whose rankings are left out of pairs; the rankings themselves are kept.</summary>
    public IReadOnlyList<AnnotatorId> ExcludedAnnotators { get; init; } = [];
}
