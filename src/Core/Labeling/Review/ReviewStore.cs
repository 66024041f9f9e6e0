using Rlhf.Labeling.Serving;
using Rlhf.Storage;

namespace Rlhf.Labeling.Review;

/// <summary>A comparison that annotators disagree about.</summary>
/// <param name="Claim">Which reviewer has it on the screen.</param>
public sealed record ReviewItem(BatchId Batch, ComparisonId Comparison, DateTimeOffset Since, Claim? Claim = null);

/// <summary>What no majority of annotators decided, or only some who are left out, until a reviewer does. Table <c>reviews</c>: partition = campaign, row = batch~comparison.</summary>
public sealed class ReviewStore(ITableStore tables, RankingStore rankings, TimeProvider time)
{
    public const string Table = "reviews";

    /// <summary>Rows looked at in one call; a reviewer who has passed on so many waits for another one.</summary>
    private const int Page = 100;

    /// <summary>Adds what only a reviewer can decide of a batch that ended. Idempotent.</summary>
    /// <param name="comparisons">As they are asked now.</param>
    public async Task AddAsync(CampaignId campaign, IEnumerable<Comparison> comparisons, IEnumerable<Ranking> ranked, CancellationToken cancellation = default)
    {
        var byComparison = ranked.ToLookup(r => r.Comparison);
        foreach (var comparison in comparisons)
        {
            if (!NeedsReview(comparison, byComparison[comparison.Id])) continue;
            await tables.TryInsertAsync(Table, campaign.Value, RowOf(comparison.Batch, comparison.Id), new ReviewItem(comparison.Batch, comparison.Id, time.GetUtcNow()), cancellation);
        }
    }

    /// <summary>Whether annotators have ranked it and don't decide it: none of their judgements has a majority, or all of them are left out.</summary>
    public static bool NeedsReview(Comparison comparison, IEnumerable<Ranking> ranked)
    {
        var all = ranked.ToList();
        var counted = BatchProgress.Counted(comparison, all);
        return !counted.Any(r => r.Decides) && (Majority.IsMissing(counted) || (counted.Count == 0 && BatchProgress.Counted(comparison with { LeftOut = [] }, all).Count > 0));
    }

    /// <summary>Claims the first that nobody has on the screen and this reviewer has not passed on; null where there is none.</summary>
    public async Task<TaskKey?> ClaimAsync(CampaignId campaign, AnnotatorId reviewer, DateTimeOffset until, IReadOnlyCollection<ComparisonId> held, CancellationToken cancellation = default)
    {
        foreach (var row in await tables.QueryAsync(Table, campaign.Value, take: Page, cancellation: cancellation).ToListAsync(cancellation))
        {
            var item = row.ReadBody<ReviewItem>();
            if (held.Contains(item.Comparison) || (item.Claim is { } claim && claim.Annotator != reviewer && claim.Until > time.GetUtcNow())) continue;
            if (await rankings.FindAsync(item.Batch, item.Comparison, reviewer, cancellation) is not null) continue;
            if (await tables.TryReplaceAsync(Table, campaign.Value, row.Row, item with { Claim = new(reviewer, until) }, row.ETag, cancellation) is not null) return new(item.Batch, item.Comparison);
        }
        return null;
    }

    /// <summary>Gives it to whoever asks next; nothing happens where it is not in the queue, or somebody else has it on the screen (an annotator may have been served it, before it came here).</summary>
    public async Task ReleaseAsync(CampaignId campaign, TaskKey task, AnnotatorId reviewer, CancellationToken cancellation = default)
    {
        if (await tables.FindAsync(Table, campaign.Value, RowOf(task.Batch, task.Comparison), cancellation) is { } row && row.ReadBody<ReviewItem>().Claim?.Annotator == reviewer)
            await tables.TryReplaceAsync(Table, campaign.Value, row.Row, row.ReadBody<ReviewItem>() with { Claim = null }, row.ETag, cancellation);
    }

    /// <summary>The reviewer goes on with it; also where the claim ran out and nobody else has it.</summary>
    /// <returns>False where somebody else has it, or it is decided.</returns>
    public async Task<bool> ExtendAsync(CampaignId campaign, TaskKey task, AnnotatorId reviewer, DateTimeOffset until, CancellationToken cancellation = default)
    {
        while (await tables.FindAsync(Table, campaign.Value, RowOf(task.Batch, task.Comparison), cancellation) is { } row)
        {
            var item = row.ReadBody<ReviewItem>();
            if (item.Claim is { } claim && claim.Annotator != reviewer && claim.Until > time.GetUtcNow()) return false;
            if (await tables.TryReplaceAsync(Table, campaign.Value, row.Row, item with { Claim = new(reviewer, until) }, row.ETag, cancellation) is not null) return true;
        }
        return false;
    }

    /// <summary>It is decided.</summary>
    public Task RemoveAsync(CampaignId campaign, TaskKey task, CancellationToken cancellation = default) =>
        tables.WriteAsync(Table, campaign.Value, [new(TableOperationKind.Delete, RowOf(task.Batch, task.Comparison))], cancellation);

    public async Task<IReadOnlySet<ComparisonId>> ListAsync(CampaignId campaign, CancellationToken cancellation = default) =>
        await tables.QueryAsync(Table, campaign.Value, cancellation: cancellation).Select(row => row.ReadBody<ReviewItem>().Comparison).ToHashSetAsync(cancellationToken: cancellation);

    public ValueTask<int> CountAsync(CampaignId campaign, CancellationToken cancellation = default) =>
        tables.QueryAsync(Table, campaign.Value, cancellation: cancellation).CountAsync(cancellation);

    private static string RowOf(BatchId batch, ComparisonId comparison) => $"{batch}~{comparison}";
}
