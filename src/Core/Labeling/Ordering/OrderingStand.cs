using Rlhf.Campaigns;
using Rlhf.Storage;

namespace Rlhf.Labeling.Ordering;

/// <summary>How far a campaign's ordering is.</summary>
/// <param name="Round">That <paramref name="Rankings"/> are of.</param>
/// <param name="Rankings">Of the round so far, as they count for pairs.</param>
/// <param name="ClosedAt">Rankings of the round when its labeling was closed last; the budget counts from there.</param>
/// <param name="OrderedAt">When the places of open comparisons were looked at last; null: not yet.</param>
/// <param name="OrderedWith"><paramref name="Rankings"/> then.</param>
/// <param name="Judged">Train comparisons that had been judged then; the heads were fitted on them, if they were enough.</param>
/// <param name="Ordered">Open comparisons that the heads put in order; 0: all stand at random.</param>
/// <param name="HeadAccuracy">Share of preferences that heads foretold which had not seen them; null where too few are known. Near ½ an order by these heads is none.</param>
/// <param name="Problem">Why nothing is ordered; null where it is, or where too little is ranked yet.</param>
public sealed record OrderingStand(
    int Round = 1, int Rankings = 0, int ClosedAt = 0, DateTimeOffset? OrderedAt = null, int OrderedWith = 0, int Judged = 0, int Ordered = 0, double? HeadAccuracy = null, string? Problem = null)
{
    /// <summary>What the places were looked at by.</summary>
    public OrderingSettings? OrderedBy { get; init; }

    /// <summary>Rankings since the round began, or since it was closed last.</summary>
    public int Spent => Rankings - ClosedAt;
}

/// <summary>The blob <c>campaigns/&lt;id&gt;/ordering.json</c>, written by one orchestration only.</summary>
public sealed class OrderingStands(IBlobStore blobs)
{
    public async Task<OrderingStand> ReadAsync(CampaignId campaign, CancellationToken cancellation = default) =>
        await blobs.ReadJsonAsync<OrderingStand>(PathOf(campaign), cancellation) ?? new();

    public Task WriteAsync(CampaignId campaign, OrderingStand stand, CancellationToken cancellation = default) => blobs.WriteJsonAsync(PathOf(campaign), stand, cancellation: cancellation);

    private static string PathOf(CampaignId campaign) => $"campaigns/{campaign}/ordering.json";
}
