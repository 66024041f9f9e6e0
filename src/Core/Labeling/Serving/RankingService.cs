using Microsoft.Extensions.Logging;
using Rlhf.Campaigns;
using Rlhf.Judging;
using Rlhf.Labeling.Invites;
using Rlhf.Orchestrations;
using Rlhf.Telemetry;
using Rlhf.Web.Contracts;

namespace Rlhf.Labeling.Serving;

/// <summary>Takes annotators' judgements. The ranking's own row is written first and is the truth; everything after it can be repeated.</summary>
public sealed class RankingService(
    CampaignStore campaigns, ComparisonStore comparisons, RankingStore rankings, OpenStore open, AnnotatorStore annotators, BatchResults results,
    ProgressBoard board, IOrchestrationClient orchestrations, TimeProvider time, ILogger<RankingService> logger)
{
    /// <summary>Stores a ranking or, with <see cref="RankingRequest.Amends"/>, puts it in the place of an earlier one.</summary>
    /// <exception cref="RlhfException"><c>not-served</c>, <c>invalid-ranking</c>, <c>already-ranked</c> or <c>amend-conflict</c>.</exception>
    public async Task<RankingResponse> SubmitAsync(CampaignId id, Invite annotator, ComparisonId comparisonId, RankingRequest request, CancellationToken cancellation = default)
    {
        var campaign = await campaigns.GetRecentAsync(id, cancellation);
        var served = await annotators.FindServedAsync(id, annotator.Annotator, comparisonId, cancellation) ?? throw TaskServer.NotServed(comparisonId);
        var comparison = (await comparisons.GetAsync(id, served.Task.Batch, comparisonId, cancellation)).AtMost(campaign.Settings.Overlap);
        var ranking = RankingRules.Read(request, comparison, served, annotator, campaign.Settings, time.GetUtcNow());
        var place = open.FindClaimed(id, comparison.Id, annotator.Annotator, time.GetUtcNow()) ?? await open.FindAsync(id, ranking.Batch, comparison.Id, cancellation);
        var isLate = campaign.State is CampaignState.Cancelled or CampaignState.Completed || (place is null && await IsSettledAsync(id, comparison, ranking, cancellation));
        var (stored, isNew, unchanged) = await StoreAsync(ranking with { Extra = isLate }, request.Amends, cancellation);
        if (isNew) PipelineMetrics.RankingAccepted(id, stored.Ranking, served.ServedAt);
        // The client may go away now; what follows from the ranking happens all the same.
        var standing = await FollowUpAsync(campaign, comparison, stored, isNew, place, CancellationToken.None);
        await annotators.NoteJudgedAsync(id, annotator.Annotator, served.Task, isNew, CancellationToken.None);
        return new(standing.Revision, standing.Extra, unchanged);
    }

    /// <summary>Takes an annotator's ranking back, as if it had never been made: what it completed is asked again while its batch is open, and what was derived from it follows.</summary>
    /// <returns>False where there is none.</returns>
    public async Task<bool> WithdrawAsync(CampaignId id, BatchId batch, ComparisonId comparisonId, AnnotatorId annotator, CancellationToken cancellation = default)
    {
        if (await rankings.FindAsync(batch, comparisonId, annotator, cancellation) is not { } stored) return false;
        if (!await rankings.TryDeleteAsync(stored, cancellation)) throw AmendConflict(stored.Ranking.Revision, stored.Ranking);
        if (stored.Ranking.Extra) return true;
        var campaign = await campaigns.GetAsync(id, cancellation);
        var comparison = (await comparisons.GetAsync(id, batch, comparisonId, cancellation)).AtMost(campaign.Settings.Overlap);
        if (!await open.ChangeAsync(id, batch, comparisonId, r => r.Withdrawn(annotator), cancellation) && (await comparisons.FindPublishedAsync(id, batch, cancellation))?.Closed is null)
            await ReopenAsync(id, comparison, await rankings.ReadBatchAsync(batch, cancellation), cancellation);
        if (campaign.State != CampaignState.Cancelled) await results.RefreshAsync(id, batch, cancellation);
        return true;
    }

    /// <summary>Whether nobody is asked any more. Known before the ranking is written, so that a late one is extra from its first moment, whatever dies then.</summary>
    private async Task<bool> IsSettledAsync(CampaignId campaign, Comparison comparison, Ranking ranking, CancellationToken cancellation)
    {
        if ((await comparisons.FindPublishedAsync(campaign, ranking.Batch, cancellation))?.Closed is not null) return true;
        var others = (await rankings.ReadBatchAsync(ranking.Batch, cancellation)).Where(r => r.Comparison == comparison.Id && r.Annotator != ranking.Annotator);
        return BatchProgress.Of(comparison, others).State != ComparisonState.Open;
    }

    private async Task<(StoredRanking Stored, bool IsNew, bool Unchanged)> StoreAsync(Ranking ranking, int? amends, CancellationToken cancellation)
    {
        if (amends is null && await rankings.TryInsertAsync(ranking, cancellation) is { } etag) return (new(ranking, etag), true, false);
        var existing = await rankings.FindAsync(ranking.Batch, ranking.Comparison, ranking.Annotator, cancellation);
        if (existing is not null && RankingRules.IsRepetition(existing.Ranking, ranking, amends)) return (existing, false, true);
        if (amends is null) throw AlreadyRanked(existing!.Ranking);
        if (existing is null || existing.Ranking.Revision != amends) throw AmendConflict(amends.Value, existing?.Ranking);
        var replacement = ranking with { Revision = existing.Ranking.Revision + 1, Extra = existing.Ranking.Extra };
        var replaced = await rankings.TryReplaceAsync(replacement, existing.ETag, cancellation)
            ?? throw AmendConflict(amends.Value, (await rankings.FindAsync(ranking.Batch, ranking.Comparison, ranking.Annotator, cancellation))?.Ranking);
        return (new(replacement, replaced), false, false);
    }

    /// <summary>Brings the open row into line and tells the batch where it was the last.</summary>
    private async Task<Ranking> FollowUpAsync(Campaign campaign, Comparison comparison, StoredRanking stored, bool isNew, StoredOpenRow? place, CancellationToken cancellation)
    {
        var ranking = stored.Ranking;
        if (ranking.Extra) return ranking;
        var settled = await open.ChangeAsync(campaign.Id, ranking.Batch, comparison.Id, r => r.Judged(ranking.Annotator, ranking.Outcome), place, cancellation);
        // Read after the row: whoever took it away is seen here.
        var all = await rankings.ReadBatchAsync(ranking.Batch, cancellation);
        var others = all.Where(r => r.Comparison == comparison.Id && r.Annotator != ranking.Annotator);
        // Rankings that come together see each other, and would each be extra because of the other; the row takes only as many as were asked for.
        if (isNew && !settled && BatchProgress.Of(comparison, others).State != ComparisonState.Open) return await MarkExtraAsync(stored, cancellation);
        if (!settled && (await comparisons.FindPublishedAsync(campaign.Id, ranking.Batch, cancellation))?.Closed is null) await ReopenAsync(campaign.Id, comparison, all, cancellation);
        else if (!settled && isNew) return await MarkExtraAsync(stored, cancellation);
        if (isNew && BatchProgress.Of(comparison, all.Where(r => r.Comparison == comparison.Id)).State != ComparisonState.Open) board.NoteDone(campaign.Id);
        await SignalAsync(campaign, ranking, all, cancellation);
        // An amendment in a batch that ended changes what is derived already; a cancelled campaign's stay.
        if (!isNew && campaign.State != CampaignState.Cancelled) await results.RefreshAsync(campaign.Id, ranking.Batch, cancellation);
        return ranking;
    }

    // An amendment to a skip takes back what had closed the comparison.
    private async Task ReopenAsync(CampaignId campaign, Comparison comparison, IReadOnlyList<Ranking> all, CancellationToken cancellation)
    {
        var row = OpenRow.For(comparison, all);
        if (row.IsClosed) return;
        await open.AddAsync(campaign, [row], cancellation);
        // Closing a batch says so first and then takes its rows away: one that came in between is seen here, one that comes later takes this row too.
        if ((await comparisons.FindPublishedAsync(campaign, comparison.Batch, cancellation))?.Closed is not null) await open.RemoveAsync(campaign, [comparison], cancellation);
    }

    private async Task<Ranking> MarkExtraAsync(StoredRanking stored, CancellationToken cancellation)
    {
        var extra = stored.Ranking with { Extra = true };
        await rankings.TryReplaceAsync(extra, stored.ETag, cancellation);
        return extra;
    }

    private async Task SignalAsync(Campaign campaign, Ranking ranking, IReadOnlyList<Ranking> all, CancellationToken cancellation)
    {
        var batch = (await comparisons.ReadBatchAsync(campaign.Id, ranking.Batch, cancellation)).AtMost(campaign.Settings.Overlap);
        var progress = BatchProgress.Of(batch, all);
        PipelineMetrics.ComparisonsOpen(campaign.Id, ranking.Batch, progress.Open);
        // Whoever sees all done says so; rankings that come together may both.
        if (!progress.IsDone) return;
        try
        {
            await orchestrations.RaiseEventAsync(ranking.Batch.Value, EventNames.ComparisonsRanked, null, cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The ranking is safe, and the batch looks for itself on its timer.
            logger.SignalFailed(ranking.Batch, e);
        }
    }

    private static RlhfException AlreadyRanked(Ranking existing) =>
        new("already-ranked", $"Comparison '{existing.Comparison}' has another ranking of this annotator (revision {existing.Revision}).", $"To change it, send the new ranking with \"amends\": {existing.Revision}.", 409);

    private static RlhfException AmendConflict(int amends, Ranking? existing) => existing is null
        ? new("amend-conflict", "There is no ranking of this annotator to amend.", "Send the ranking without \"amends\".", 409)
        : new("amend-conflict", $"Revision {amends} of the ranking of '{existing.Comparison}' is not the newest; that is {existing.Revision}.", "Fetch your latest rankings from 'mine' and amend the newest.", 409);
}

internal static partial class Logs
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Batch {Batch} could not be told of its rankings; it will look by itself.")]
    public static partial void SignalFailed(this ILogger logger, BatchId batch, Exception exception);
}
