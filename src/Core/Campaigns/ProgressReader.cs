using Rlhf.Generation;
using Rlhf.Labeling;
using Rlhf.Labeling.Agreement;
using Rlhf.Labeling.Invites;
using Rlhf.Preferences;
using Rlhf.Prompts;

namespace Rlhf.Campaigns;

/// <summary>Counts a campaign's rows. Batches that ended say what they came to; only open ones are counted from their rankings.</summary>
public sealed class ProgressReader(
    CampaignStore campaigns, BatchStore batches, PromptStore prompts, ComparisonStore comparisons, RankingStore rankings, TokenLedger ledger, PairStore pairs,
    InviteService invites, OverlapReader overlaps, TimeProvider time)
{
    /// <summary>Share of bothBad among rankings above which a better generator comes first.</summary>
    private const double BothBadWarning = 0.2;

    /// <exception cref="RlhfException"><c>campaign-not-found</c>.</exception>
    public async Task<CampaignProgress> ReadAsync(CampaignId id, CancellationToken cancellation = default)
    {
        var campaign = await campaigns.GetAsync(id, cancellation);
        var all = (await batches.ListAsync(id, cancellation)).Where(b => b.Kind == ComparisonKind.Ordinary).ToList();
        var counts = BatchCounts.Empty;
        var (pairCount, trainPairs, identical, exhausted) = (0, 0, 0, 0);
        var annotators = await ActiveAnnotatorsAsync(campaign, cancellation);
        var limits = await overlaps.ReadAsync(campaign, cancellation);
        var agreement = AgreementSums.Empty;
        foreach (var batch in all)
        {
            if (batch.State is BatchState.Planned or BatchState.Generating) continue;
            if (batch is { Counts: { } closed, Agreement: { } sums })
            {
                counts += closed;
                agreement += sums;
            }
            else
            {
                var ranked = await rankings.ReadBatchAsync(batch.Id, cancellation);
                var published = limits.Of(await comparisons.ReadBatchAsync(id, batch.Id, cancellation));
                counts += batch.Counts ?? BatchCounts.Of(published, ranked);
                if (batch.Counts is null) exhausted += Exhaustion.Count(published, ranked, annotators);
                agreement += AgreementSums.Of(published, ranked);
            }
            var file = batch.Pairs ?? PairStore.Count(await pairs.DeriveAsync(batch, PairStore.OptionsFor(campaign), cancellation: cancellation));
            (pairCount, trainPairs, identical) = (pairCount + file.Pairs, trainPairs + file.TrainPairs, identical + file.Identical);
        }
        return new(
            id, campaign.State, campaign.Reason, campaign.Round, (await prompts.GetHeadAsync(id, cancellation)).Counts,
            all.Where(b => b.State is not (BatchState.Planned or BatchState.Generating)).Sum(b => b.PromptCount), counts.Comparisons,
            all.Where(b => !b.HasEnded).Sum(b => b.Comparisons) is 0 ? 0 : counts.Open - all.Where(b => b.HasEnded).Sum(b => b.Counts?.Open ?? 0),
            counts.Complete, Sum(all.Select(b => b.Unfinished)), Sum(all.Select(b => b.Dropped)), counts.Rankings, counts.Ties, counts.BothBad, counts.Skips,
            pairCount, trainPairs, counts.Agreement, agreement.Alpha, await ledger.GetAsync(id, cancellation), Warnings(counts), exhausted)
        {
            Imported = all.Where(b => b.Import is not null).Aggregate(BatchCounts.Empty, (sum, b) => sum + (b.Counts ?? BatchCounts.Empty)).Rankings,
            Identical = identical,
            Lost = all.Where(b => b.HasEnded).Sum(b => b.Counts?.Lost ?? 0),
        };
    }

    private async Task<List<AnnotatorId>> ActiveAnnotatorsAsync(Campaign campaign, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        return [.. (await invites.ListAsync(campaign.Id, cancellation)).Where(i => i.IsAsked(now) && !i.IsReviewer && !campaign.ExcludedAnnotators.Contains(i.Annotator)).Select(i => i.Annotator)];
    }

    private static List<string> Warnings(BatchCounts counts) =>
        counts.AllRankings > 0 && counts.BothBad > counts.AllRankings * BothBadWarning
            ? [$"{100.0 * counts.BothBad / counts.AllRankings:0}% of the rankings accept no answer: a better generator, or SFT on good answers, comes before preferences."]
            : [];

    private static Dictionary<string, int> Sum(IEnumerable<IReadOnlyDictionary<string, int>> counts) =>
        counts.SelectMany(c => c).GroupBy(c => c.Key).ToDictionary(g => g.Key, g => g.Sum(c => c.Value));
}
