using Rlhf.Campaigns;
using Rlhf.Labeling.Invites;
using Rlhf.Labeling.Review;
using Rlhf.Web.Contracts;

namespace Rlhf.Labeling.Serving;

/// <summary>Keeps a task with whoever reads it for longer than its lease. Only the annotator who has it can; one that is left alone goes back to others when its lease ends.</summary>
public sealed class LeaseRenewal(
    CampaignStore campaigns, ComparisonStore comparisons, OpenStore open, AnnotatorStore annotators, ReviewStore reviews, TimeProvider time)
{
    /// <summary>Gives the task on the annotator's screen, and what is fetched ahead of it, a whole lease from now. One whose lease ran out is kept too, unless somebody else has its place by now.</summary>
    /// <exception cref="RlhfException"><c>not-served</c>.</exception>
    public async Task<LeaseResponse> RenewAsync(CampaignId id, Invite invite, ComparisonId comparison, CancellationToken cancellation = default)
    {
        var served = await annotators.FindServedAsync(id, invite.Annotator, comparison, cancellation) ?? throw TaskServer.NotServed(comparison);
        var campaign = await campaigns.GetRecentAsync(id, cancellation);
        var state = await annotators.GetAsync(id, invite.Annotator, cancellation);
        var until = time.GetUtcNow() + campaign.Settings.Lease;
        var isHeld = campaign.State is CampaignState.Active or CampaignState.Paused && state.Held.Any(h => h.Task == served.Task) && await ClaimAsync(id, invite, served.Task, until, cancellation);
        if (isHeld)
        {
            var ahead = state.HeldAt(time.GetUtcNow()).FirstOrDefault(h => h.Ahead && h.Task != served.Task);
            if (ahead is not null) ahead = ahead with { Until = until + campaign.Settings.Lease * TaskServer.AheadShare };
            if (ahead is not null && !await ClaimAsync(id, invite, ahead.Task, ahead.Until, cancellation)) ahead = null;
            await annotators.UpdateAsync(id, invite.Annotator, s => Renewed(s, new(served.Task, until), ahead), cancellation);
        }
        return new(isHeld, campaign.Settings.Lease.TotalSeconds);
    }

    private async Task<bool> ClaimAsync(CampaignId campaign, Invite invite, TaskKey task, DateTimeOffset until, CancellationToken cancellation)
    {
        // Gold, practice and repeats are nobody else's.
        if (task.Check is not null) return true;
        if (invite.IsReviewer) return await reviews.ExtendAsync(campaign, task, invite.Annotator, until, cancellation);
        var isHeld = false;
        var comparison = await comparisons.GetAsync(campaign, task.Batch, task.Comparison, cancellation);
        return await open.ChangeAsync(campaign, comparison, row =>
        {
            var renewed = Renewed(row, invite.Annotator, until);
            isHeld = renewed.HoldsAt(invite.Annotator, time.GetUtcNow());
            return renewed;
        }, cancellation) && isHeld;
    }

    /// <summary>A claim that ran out goes when somebody else makes one; its place may be free all the same.</summary>
    private OpenRow Renewed(OpenRow row, AnnotatorId annotator, DateTimeOffset until)
    {
        var now = time.GetUtcNow();
        if (row.IsClosed || row.IsJudgedBy(annotator)) return row;
        if (row.Claims.Any(c => c.Annotator == annotator)) return row.Extended(annotator, until);
        return row.IsFreeFor(annotator, now) ? row.Claimed(new(annotator, until, now), now) : row;
    }

    private static AnnotatorState Renewed(AnnotatorState state, HeldTask shown, HeldTask? ahead) =>
        state with { Held = [.. state.Held.Select(h => h.Task == shown.Task ? shown : h.Task == ahead?.Task ? ahead : h)] };
}
