using System.Collections.Concurrent;
using Rlhf.Campaigns;
using Rlhf.Labeling.Invites;

namespace Rlhf.Labeling;

/// <summary>Who there is to be asked, counted at most every few seconds in a process.</summary>
public sealed class OverlapReader(InviteService invites, TimeProvider time)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<CampaignId, (IReadOnlyList<Invite> There, DateTimeOffset ReadAt)> recent = new();

    public async Task<OverlapLimits> ReadAsync(Campaign campaign, CancellationToken cancellation = default)
    {
        var now = time.GetUtcNow();
        if (!recent.TryGetValue(campaign.Id, out var known) || now - known.ReadAt >= FreshFor)
        {
            var there = (await invites.ListAsync(campaign.Id, cancellation)).Where(i => i.IsAsked(now) && i is { SeenAt: not null, IsReviewer: false }).ToList();
            recent[campaign.Id] = known = (there, now);
        }
        var counting = known.There.Where(i => !campaign.ExcludedAnnotators.Contains(i.Annotator)).ToList();
        return new(campaign.Settings.Overlap, campaign.Settings.Sharing, counting.Count, counting.Count(i => i.Kind == AnnotatorKind.Person)) { LeftOut = campaign.ExcludedAnnotators };
    }

    /// <summary>Somebody came, went or was paused.</summary>
    public void Forget(CampaignId campaign) => recent.TryRemove(campaign, out _);
}
