namespace Rlhf.Labeling.Serving;

/// <summary>Decides which rankings of a comparison count, and brings its open row in line with them.</summary>
/// <remarks>
/// Everybody looks at the batch's rankings after having written one's own, so of two that come together one at least sees the other.
/// Whoever holds a claim and sees no other counts, and nothing more is written: nobody else is given that place while the claim runs.
/// Everybody else goes to the row, whose ETag lets one after the other pass. There, those who hold a claim and have ranked come first, since they may have seen nobody else;
/// then whoever comes first, while there are places. The row stays, closed, until its batch ends, so that a second one finds whose rankings it took.
/// </remarks>
public sealed class RankingSettlement(OpenStore open, RankingStore rankings, ComparisonStore comparisons, TimeProvider time)
{
    /// <summary>Hosts' clocks may differ by less than this: a claim this near its end is not relied on.</summary>
    private static readonly TimeSpan ClockMargin = TimeSpan.FromSeconds(10);

    /// <summary>Whether nobody is asked any more. Known before the ranking is written, so that a late one is extra from its first moment, whatever dies then.</summary>
    public async Task<bool> IsLateAsync(CampaignId campaign, Comparison comparison, AnnotatorId annotator, StoredOpenRow? place, CancellationToken cancellation)
    {
        if (place is { Row.IsClosed: false }) return false;
        if ((await comparisons.FindPublishedAsync(campaign, comparison.Batch, cancellation))?.Closed is not null) return true;
        var look = await rankings.LookAsync(comparison.Batch);
        return BatchProgress.Of(comparison, look.OthersOf(comparison.Id, annotator)).State != ComparisonState.Open;
    }

    /// <param name="place">The open row as it was before the ranking was written.</param>
    /// <param name="look">The batch's rankings, read after this one was written.</param>
    /// <returns>False where the ranking came when nobody was asked any more.</returns>
    public async Task<bool> CountsAsync(CampaignId campaign, Comparison comparison, Ranking ranking, bool isNew, StoredOpenRow? place, RankingLook look)
    {
        IReadOnlyList<Ranking> others = [.. look.OthersOf(comparison.Id, ranking.Annotator).Where(r => !comparison.LeftOut.Contains(r.Annotator))];
        if (isNew && look.IsClosed) return false;
        if (comparison.LeftOut.Contains(ranking.Annotator))
        {
            // It is kept, for the day that the annotator is taken in again, and fills no place.
            await LeaveOutAsync(campaign, comparison, look.Rankings);
            return true;
        }
        if (!isNew || ranking.Outcome == RankingOutcome.Skip || place?.Row.HoldsAt(ranking.Annotator, time.GetUtcNow() + ClockMargin) != true
            || BatchProgress.Of(comparison, others).State != ComparisonState.Open) return await SettleAsync(campaign, comparison, ranking, isNew, others, look);
        open.NoteJudged(campaign, place, ranking.Annotator, ranking.Outcome);
        return true;
    }

    /// <summary>After an annotator's ranking has gone: its place is free again while the batch is open.</summary>
    public async Task WithdrawAsync(CampaignId campaign, Comparison comparison, AnnotatorId annotator)
    {
        if (await open.ChangeAsync(campaign, comparison, r => r.Withdrawn(annotator), CancellationToken.None) || await IsClosedAsync(campaign, comparison.Batch)) return;
        await ReopenAsync(campaign, comparison, (await rankings.LookAsync(comparison.Batch)).Rankings);
    }

    /// <summary>Where no judgement has a majority and more may be asked, one more annotator is: the row has a place for one again. Idempotent.</summary>
    /// <param name="comparison">As it is asked now.</param>
    public async Task AskMoreAsync(CampaignId campaign, Comparison comparison, IReadOnlyList<Ranking> all)
    {
        if (BatchProgress.Counted(comparison, all).Count >= comparison.Overlap) await AskAsync(campaign, comparison, all);
    }

    /// <summary>Has a comparison that is not complete asked of as many annotators as it should be, where its row asks for fewer or has left. Idempotent.</summary>
    /// <param name="comparison">As it is asked now.</param>
    public async Task AskAsync(CampaignId campaign, Comparison comparison, IReadOnlyList<Ranking> all)
    {
        var counted = BatchProgress.Counted(comparison, all);
        var asked = BatchProgress.Asked(comparison, counted);
        if (asked <= counted.Count) return;
        while (await open.FindAsync(campaign, comparison, CancellationToken.None) is { } stored)
        {
            if (stored.Row.Overlap >= asked) return;
            if (await open.TryReplaceAsync(campaign, stored, stored.Row.InLineWith(all) with { Overlap = asked }, CancellationToken.None) is not null) return;
        }
        await ReopenAsync(campaign, comparison with { Overlap = asked }, all);
    }

    /// <summary>Frees the places of annotators who are left out, so that somebody else is asked. Idempotent.</summary>
    /// <param name="comparison">As it is asked now, without them.</param>
    public async Task LeaveOutAsync(CampaignId campaign, Comparison comparison, IReadOnlyList<Ranking> all)
    {
        var leaving = all.Where(r => r.Comparison == comparison.Id && !r.Extra && comparison.LeftOut.Contains(r.Annotator)).Select(r => r.Annotator).ToList();
        if (leaving.Count == 0) return;
        var asked = BatchProgress.Asked(comparison, BatchProgress.Counted(comparison, all));
        while (await open.FindAsync(campaign, comparison, CancellationToken.None) is { } stored)
        {
            var row = leaving.Aggregate(stored.Row, (row, annotator) => row.LeavingOut(annotator));
            if (ReferenceEquals(row, stored.Row)) return;
            // What their disagreement asked for beyond is not wanted any more.
            if (await open.TryReplaceAsync(campaign, stored, row with { Overlap = Math.Max(comparison.Shared, asked) }, CancellationToken.None) is not null) return;
        }
        if (BatchProgress.Of(comparison, all.Where(r => r.Comparison == comparison.Id)).State == ComparisonState.Open && !await IsClosedAsync(campaign, comparison.Batch))
            await ReopenAsync(campaign, comparison with { Overlap = asked }, all);
    }

    /// <summary>The annotator's ranking fills a place again, where its comparison still has a row.</summary>
    public Task TakeInAsync(CampaignId campaign, Comparison comparison, Ranking ranking) =>
        open.ChangeAsync(campaign, comparison, row => row.TakingIn(ranking.Annotator, ranking.Outcome), CancellationToken.None);

    private async Task<bool> SettleAsync(CampaignId campaign, Comparison comparison, Ranking ranking, bool isNew, IReadOnlyList<Ranking> others, RankingLook look)
    {
        while (await open.FindAsync(campaign, comparison, CancellationToken.None) is { } stored)
        {
            var row = stored.Row.InLineWith(others);
            var isOut = isNew && row.IsClosed && !row.IsJudgedBy(ranking.Annotator);
            if (isOut && ReferenceEquals(row, stored.Row)) return false;
            if (await open.TryReplaceAsync(campaign, stored, isOut ? row : row.Judged(ranking.Annotator, ranking.Outcome), CancellationToken.None) is not null) return !isOut;
        }
        // Whoever took the row away took others' rankings.
        if (isNew && BatchProgress.Of(comparison, others).State != ComparisonState.Open) return false;
        if (await IsClosedAsync(campaign, comparison.Batch)) return !isNew;
        await ReopenAsync(campaign, comparison, look.Rankings);
        return true;
    }

    // An amendment to a skip takes back what had closed the comparison.
    private async Task ReopenAsync(CampaignId campaign, Comparison comparison, IReadOnlyList<Ranking> all)
    {
        var row = OpenRow.For(comparison, all) with { Overlap = comparison.Overlap };
        if (row.IsClosed) return;
        await open.AddAsync(campaign, [(comparison, row)], CancellationToken.None);
        // Closing a batch says so first and then takes its rows away: one that came in between is seen here, one that comes later takes this row too.
        if (await IsClosedAsync(campaign, comparison.Batch)) await open.RemoveAsync(campaign, [comparison], CancellationToken.None);
    }

    private async Task<bool> IsClosedAsync(CampaignId campaign, BatchId batch) =>
        (await comparisons.FindPublishedAsync(campaign, batch, CancellationToken.None))?.Closed is not null;
}
