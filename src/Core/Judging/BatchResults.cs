using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Labeling.Agreement;
using Rlhf.Preferences;
using Rlhf.Training.Reporting;

namespace Rlhf.Judging;

/// <summary>What a batch's rankings come to: pairs of an ordinary one, a verdict of a test batch. Derived from the rankings, so made anew whenever they change.</summary>
public sealed class BatchResults(CampaignStore campaigns, BatchStore batches, ComparisonStore comparisons, RankingStore rankings, PairStore pairs, PeopleJudge judge, RunReporter reports)
{
    /// <returns>Null for a test batch, whose verdict goes to its run.</returns>
    public async Task<PairFile?> DeriveAsync(Batch batch, CancellationToken cancellation = default)
    {
        if (batch.Kind == ComparisonKind.Ordinary) return await pairs.RefreshAsync(batch.Campaign, batch.Id, cancellation);
        await judge.JudgeAsync(batch, cancellation);
        await reports.WriteAsync(batch.Run!.Value, cancellation);
        return null;
    }

    /// <summary>Derives all batches' counts, pairs and verdicts anew: after a rule of deriving them changed.</summary>
    public async Task RefreshAllAsync(CampaignId campaign, CancellationToken cancellation = default)
    {
        await pairs.RefreshAllAsync(campaign, cancellation);
        foreach (var batch in await batches.ListAsync(campaign, cancellation))
        {
            if (batch.Kind == ComparisonKind.Test) await RefreshAsync(campaign, batch.Id, cancellation);
            else if (batch is { State: BatchState.Done, Counts: not null }) await CountAsync(batch, cancellation);
        }
    }

    /// <summary>Takes a change of a batch that ended into its counts, and into its pairs or its run's verdict. One that is still being ranked gets them when it ends.</summary>
    public async Task RefreshAsync(CampaignId campaign, BatchId id, CancellationToken cancellation = default)
    {
        if (await batches.FindAsync(campaign, id, cancellation) is not { State: BatchState.Done, Counts: not null } batch) return;
        await CountAsync(batch, cancellation);
        await DeriveAsync(batch, cancellation);
    }

    private async Task CountAsync(Batch batch, CancellationToken cancellation)
    {
        var limits = OverlapLimits.OfEnded(await campaigns.GetAsync(batch.Campaign, cancellation));
        var published = limits.Of(await comparisons.ReadBatchAsync(batch.Campaign, batch.Id, cancellation));
        var ranked = await rankings.ReadBatchAsync(batch.Id, cancellation);
        await batches.UpdateAsync(batch.Campaign, batch.Id, b => b with { Counts = BatchCounts.Of(published, ranked), Agreement = AgreementSums.Of(published, ranked) }, cancellation);
    }
}
