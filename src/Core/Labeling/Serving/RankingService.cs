using Microsoft.Extensions.Logging;
using Rlhf.Campaigns;
using Rlhf.Judging;
using Rlhf.Labeling.Checks;
using Rlhf.Labeling.Invites;
using Rlhf.Labeling.Review;
using Rlhf.Orchestrations;
using Rlhf.Telemetry;
using Rlhf.Web.Contracts;

namespace Rlhf.Labeling.Serving;

/// <summary>Takes annotators' judgements. The ranking's own row is written first and is the truth; everything after it can be repeated.
/// One that meets no other, from somebody who holds the task, is answered after that write and one look at the batch.</summary>
public sealed class RankingService(
    CampaignStore campaigns, ComparisonStore comparisons, RankingStore rankings, OpenStore open, RankingSettlement settlement, AnnotatorStore annotators,
    OverlapReader overlaps, ReviewService reviews, CheckService checks, BatchResults results, ProgressBoard board, IOrchestrationClient orchestrations, TimeProvider time, ILogger<RankingService> logger)
{
    /// <summary>Stores a ranking or, with <see cref="RankingRequest.Amends"/>, puts it in the place of an earlier one.</summary>
    /// <exception cref="RlhfException"><c>not-served</c>, <c>invalid-ranking</c>, <c>already-ranked</c> or <c>amend-conflict</c>.</exception>
    public async Task<RankingResponse> SubmitAsync(CampaignId id, Invite annotator, ComparisonId comparisonId, RankingRequest request, CancellationToken cancellation = default)
    {
        var campaign = await campaigns.GetRecentAsync(id, cancellation);
        var served = await annotators.FindServedAsync(id, annotator.Annotator, comparisonId, cancellation) ?? throw TaskServer.NotServed(comparisonId);
        var limits = await overlaps.ReadAsync(campaign, cancellation);
        var comparison = limits.Of(await comparisons.GetAsync(id, served.Task.Batch, comparisonId, cancellation));
        var ranking = RankingRules.Read(request, comparison, served, annotator, campaign.Settings, time.GetUtcNow());
        if (served.Task.Check is not null) return await CheckAsync(id, comparison, ranking, served, request.Amends, cancellation);
        if (annotator.IsReviewer) return await ReviewAsync(campaign, ranking with { Decides = true }, served, request.Amends, cancellation);
        var place = open.FindClaimed(id, comparison.Id, annotator.Annotator, time.GetUtcNow()) ?? await open.FindAsync(id, comparison, cancellation);
        var isLate = campaign.State is CampaignState.Cancelled or CampaignState.Completed || await settlement.IsLateAsync(id, comparison, ranking.Annotator, place, cancellation);
        var (stored, isNew, unchanged) = await StoreAsync(ranking with { Extra = isLate }, request.Amends, cancellation);
        if (isNew) PipelineMetrics.RankingAccepted(id, stored.Ranking, served.ServedAt);
        // The client may go away now; what follows from the ranking happens all the same.
        var standing = await FollowUpAsync(campaign, comparison, limits, stored, isNew, place);
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
        var comparison = (await overlaps.ReadAsync(campaign, cancellation)).Of(await comparisons.GetAsync(id, batch, comparisonId, cancellation));
        await settlement.WithdrawAsync(id, comparison, annotator);
        if (campaign.State != CampaignState.Cancelled) await results.RefreshAsync(id, batch, cancellation);
        return true;
    }

    private async Task<(StoredRanking Stored, bool IsNew, bool Unchanged)> StoreAsync(Ranking ranking, int? amends, CancellationToken cancellation)
    {
        if (amends is null && await rankings.TryInsertAsync(ranking, cancellation) is { } etag) return (new(ranking, etag), true, false);
        var existing = await rankings.FindAsync(ranking.Batch, ranking.Comparison, ranking.Annotator, cancellation);
        if (existing is not null && RankingRules.IsRepetition(existing.Ranking, ranking, amends)) return (existing, false, true);
        if (amends is null) throw AlreadyRanked(existing!.Ranking);
        if (existing is null || existing.Ranking.Revision != amends) throw AmendConflict(amends.Value, existing?.Ranking);
        var replacement = ranking with { Revision = existing.Ranking.Revision + 1, Extra = existing.Ranking.Extra, FirstSubmittedAt = existing.Ranking.MadeAt };
        var replaced = await rankings.TryReplaceAsync(replacement, existing.ETag, cancellation)
            ?? throw AmendConflict(amends.Value, (await rankings.FindAsync(ranking.Batch, ranking.Comparison, ranking.Annotator, cancellation))?.Ranking);
        return (new(replacement, replaced), false, false);
    }

    /// <summary>Brings what is derived into line and tells the batch where it was the last.</summary>
    private async Task<Ranking> FollowUpAsync(Campaign campaign, Comparison comparison, OverlapLimits limits, StoredRanking stored, bool isNew, StoredOpenRow? place)
    {
        var ranking = stored.Ranking;
        if (ranking.Extra) return ranking;
        var look = await rankings.LookAsync(ranking.Batch);
        if (!await settlement.CountsAsync(campaign.Id, comparison, ranking, isNew, place, look)) return await MarkExtraAsync(stored);
        if (!look.IsClosed) await settlement.AskMoreAsync(campaign.Id, comparison, look.Rankings);
        await SignalAsync(campaign, limits, ranking, look.Rankings);
        // An amendment in a batch that ended changes what is derived already; a cancelled campaign's stay.
        if (!isNew && campaign.State != CampaignState.Cancelled) await results.RefreshAsync(campaign.Id, ranking.Batch, CancellationToken.None);
        return ranking;
    }

    /// <summary>A check counts for its annotator's figures, and for nothing else.</summary>
    private async Task<RankingResponse> CheckAsync(CampaignId id, Comparison comparison, Ranking ranking, Served served, int? amends, CancellationToken cancellation)
    {
        CheckService.CheckAmends(comparison, amends);
        var (stored, isNew, unchanged) = await StoreAsync(ranking, amends, cancellation);
        var feedback = await checks.FollowUpAsync(id, comparison, stored.Ranking, served);
        await annotators.NoteJudgedAsync(id, ranking.Annotator, served.Task, isNew, CancellationToken.None);
        return new(stored.Ranking.Revision, stored.Ranking.Extra, unchanged) { Feedback = feedback };
    }

    /// <summary>A reviewer's ranking is never late: it decides whenever it comes.</summary>
    private async Task<RankingResponse> ReviewAsync(Campaign campaign, Ranking ranking, Served served, int? amends, CancellationToken cancellation)
    {
        var (stored, isNew, unchanged) = await StoreAsync(ranking, amends, cancellation);
        await reviews.FollowUpAsync(campaign, stored.Ranking);
        await annotators.NoteJudgedAsync(campaign.Id, ranking.Annotator, served.Task, isNew, CancellationToken.None);
        return new(stored.Ranking.Revision, stored.Ranking.Extra, unchanged);
    }

    private async Task<Ranking> MarkExtraAsync(StoredRanking stored)
    {
        var extra = stored.Ranking with { Extra = true };
        await rankings.TryReplaceAsync(extra, stored.ETag, CancellationToken.None);
        return extra;
    }

    private async Task SignalAsync(Campaign campaign, OverlapLimits limits, Ranking ranking, IReadOnlyList<Ranking> all)
    {
        var asked = limits.Of(await comparisons.ReadBatchAsync(campaign.Id, ranking.Batch, CancellationToken.None));
        board.Note(campaign.Id, ranking.Batch, asked, all);
        var progress = BatchProgress.Of(asked, all);
        PipelineMetrics.ComparisonsOpen(campaign.Id, ranking.Batch, progress.Open);
        // Whoever sees all done says so; rankings that come together may both.
        if (!progress.IsDone) return;
        try
        {
            await orchestrations.RaiseEventAsync(ranking.Batch.Value, EventNames.ComparisonsRanked, null, CancellationToken.None);
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
