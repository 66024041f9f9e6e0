using Rlhf.Campaigns;
using Rlhf.Labeling;

namespace Rlhf.Preferences;

/// <summary>Estimates the annotators' errors from all rankings of a campaign that count.</summary>
public sealed class AnnotatorModels(BatchStore batches, ComparisonStore comparisons, RankingStore rankings)
{
    /// <summary>Batches whose votes are held while they are put in order.</summary>
    private const int AtOnce = 64;

    /// <returns>Null where the rule needs none.</returns>
    public async Task<AnnotatorModel?> EstimateAsync(CampaignId campaign, PairOptions options, CancellationToken cancellation = default) =>
        options.Voting == PairVoting.DawidSkene ? DawidSkene.Estimate(await ReadVotesAsync(campaign, options, cancellation)) : null;

    /// <summary>All votes that count, in the order of batches.</summary>
    internal async Task<VoteTable> ReadVotesAsync(CampaignId campaign, PairOptions options, CancellationToken cancellation)
    {
        var votes = new VoteTable();
        foreach (var chunk in (await batches.ListAsync(campaign, cancellation)).Where(b => b.Kind == ComparisonKind.Ordinary).Chunk(AtOnce))
        {
            var read = new IReadOnlyList<IReadOnlyList<(AnnotatorId Annotator, AnswerVote Vote)>>[chunk.Length];
            await Parallel.ForAsync(0, chunk.Length, cancellation, async (i, token) => read[i] = await ReadVotesAsync(chunk[i], options, token));
            foreach (var items in read) votes.Add(items);
        }
        return votes;
    }

    private async Task<IReadOnlyList<IReadOnlyList<(AnnotatorId Annotator, AnswerVote Vote)>>> ReadVotesAsync(Batch batch, PairOptions options, CancellationToken cancellation)
    {
        if (await comparisons.FindPublishedAsync(batch.Campaign, batch.Id, cancellation) is null) return [];
        return [.. PairRules.VotesOf(await comparisons.ReadBatchAsync(batch.Campaign, batch.Id, cancellation), await rankings.ReadBatchAsync(batch.Id, cancellation), options)];
    }
}
