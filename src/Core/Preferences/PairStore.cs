using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rlhf.Campaigns;
using Rlhf.Json;
using Rlhf.Labeling;
using Rlhf.Prompts;
using Rlhf.Storage;

namespace Rlhf.Preferences;

/// <summary>What a batch's pair file holds, on the batch's row.</summary>
/// <param name="Revision">1, then one more whenever a ranking or an exclusion changed its pairs.</param>
public sealed record PairFile(int Revision, string Hash, int Pairs, int TrainPairs, int Ties, int BothBad, int Identical);

/// <summary>What pair files were last brought in line with, where each hangs on all rankings (<see cref="PairVoting.DawidSkene"/>).</summary>
/// <param name="Hash">Of the votes, the rule and the batches.</param>
public sealed record PairsStand(string Hash);

/// <summary>Pairs by batch: derived from the rankings, which are the truth. <c>campaigns/&lt;id&gt;/pairs/&lt;round&gt;/&lt;batch&gt;.jsonl</c> is a cache of them.</summary>
public sealed class PairStore(IBlobStore blobs, BatchStore batches, CampaignStore campaigns, ComparisonStore comparisons, RankingStore rankings, AnnotatorModels models)
{
    public static string PathOf(Batch batch) => $"campaigns/{batch.Campaign}/pairs/{batch.Round}/{batch.Id}.jsonl";

    public static PairOptions OptionsFor(Campaign campaign, DateTimeOffset? cutOff = null) => new(
        campaign.Settings.Training.Reward.SoftLabels, campaign.Settings.TrainOn, campaign.ExcludedAnnotators, cutOff, campaign.Settings.UseMargin, campaign.Settings.Voting)
    {
        LeftOut = campaign.GoldFrom,
        ManyAnswers = campaign.Settings.Form.ManyAnswers,
    };

    /// <summary>Derives a batch's pairs anew and rewrites its file where they differ. Call it after an amended or late ranking of a batch that ended, and after an exclusion.</summary>
    public async Task<PairFile> RefreshAsync(CampaignId campaign, BatchId id, CancellationToken cancellation = default) =>
        await RefreshAsync(campaign, id, await models.EstimateAsync(campaign, OptionsFor(await campaigns.GetAsync(campaign, cancellation)), cancellation), cancellation);

    /// <summary>Derives the pairs of all batches that have any anew, e.g. after an exclusion.</summary>
    /// <returns>What the campaign's annotators were found to be, where the rule asks for it.</returns>
    public async Task<AnnotatorModel?> RefreshAllAsync(CampaignId campaign, CancellationToken cancellation = default)
    {
        var model = await models.EstimateAsync(campaign, OptionsFor(await campaigns.GetAsync(campaign, cancellation)), cancellation);
        await RefreshAsync(await ListEndedAsync(campaign, cancellation), model, cancellation);
        return model;
    }

    /// <summary>The same before an export, where anything changed since: neither a vote nor the rule has where the note beside the files says so, and then no batch is derived or written anew.</summary>
    /// <returns>As <see cref="RefreshAllAsync"/>.</returns>
    public async Task<AnnotatorModel?> BringInLineAsync(CampaignId campaign, CancellationToken cancellation = default)
    {
        var options = OptionsFor(await campaigns.GetAsync(campaign, cancellation));
        if (options.Voting != PairVoting.DawidSkene) return null;
        var votes = await models.ReadVotesAsync(campaign, options, cancellation);
        var ended = await ListEndedAsync(campaign, cancellation);
        var stand = new PairsStand(HashOf(votes, options, ended));
        var model = DawidSkene.Estimate(votes);
        if (await blobs.ReadJsonAsync<PairsStand>(StandOf(campaign), cancellation) == stand) return model;
        await RefreshAsync(ended, model, cancellation);
        await blobs.WriteJsonAsync(StandOf(campaign), stand, cancellation: cancellation);
        return model;
    }

    private async Task<IReadOnlyList<Batch>> ListEndedAsync(CampaignId campaign, CancellationToken cancellation) =>
        [.. (await batches.ListAsync(campaign, cancellation)).Where(b => b.Pairs is not null)];

    private Task RefreshAsync(IReadOnlyList<Batch> all, AnnotatorModel? model, CancellationToken cancellation) =>
        Parallel.ForEachAsync(all, cancellation, async (batch, token) => await RefreshAsync(batch.Campaign, batch.Id, model, token));

    private static string StandOf(CampaignId campaign) => $"campaigns/{campaign}/pairs/stand.json";

    private static string HashOf(VoteTable votes, PairOptions options, IEnumerable<Batch> ended)
    {
        var parts = new { votes = votes.GetHash(), options, batches = ended.Select(b => b.Id) };
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(parts, RlhfJson.Options)));
    }

    /// <summary>The pair file of a batch that ends, from rankings that were read after it was closed. Whoever ends it writes its row.</summary>
    public async Task<PairFile> CreateAsync(Campaign campaign, Batch batch, RankedBatch ranked, CancellationToken cancellation = default)
    {
        var options = OptionsFor(campaign);
        var outcome = PairRules.Of(ranked.Comparisons, ranked.Rankings, options, await models.EstimateAsync(campaign.Id, options, cancellation));
        var (text, hash) = Write(outcome);
        if (await blobs.WriteTextAsync(PathOf(batch), text, WriteCondition.CreateOnly, cancellation) is not null) return Describe(outcome, hash, null);
        // There is one already, of somebody who ended it before or beside this: made anew from what is there now.
        return await RefreshAsync(campaign.Id, batch.Id, cancellation);
    }

    private async Task<PairFile> RefreshAsync(CampaignId campaign, BatchId id, AnnotatorModel? model, CancellationToken cancellation)
    {
        while (true)
        {
            var batch = await batches.GetAsync(campaign, id, cancellation);
            var path = PathOf(batch);
            var before = await blobs.FindAsync(path, cancellation);
            var outcome = await DeriveAsync(batch, OptionsFor(await campaigns.GetAsync(campaign, cancellation)), model, cancellation);
            var (text, hash) = Write(outcome);
            if (batch.Pairs?.Hash == hash && before is not null) return batch.Pairs;
            var condition = before is null ? WriteCondition.CreateOnly : WriteCondition.Matches(before.ETag);
            if (await blobs.WriteTextAsync(path, text, condition, cancellation) is null) continue;
            var updated = await batches.UpdateAsync(campaign, id, b => b with { Pairs = Describe(outcome, hash, b.Pairs) }, cancellation);
            return updated.Pairs!;
        }
    }

    /// <summary>The pairs of a batch as they are now: from its file where there is one, from its rankings before.</summary>
    public async Task<IReadOnlyList<PreferencePair>> ReadAsync(Campaign campaign, Batch batch, AnnotatorModel? model = null, CancellationToken cancellation = default)
    {
        if (batch.Pairs is { Pairs: 0 }) return [];
        if (batch.Pairs is { } file)
        {
            var read = await JsonLines.ReadAsync<PreferencePair>(blobs, PathOf(batch), cancellation).ToListAsync(cancellation);
            // Else it is gone, or is being rewritten: the rankings are the truth.
            if (read.Count == file.Pairs) return read;
        }
        return (await DeriveAsync(batch, OptionsFor(campaign), model, cancellation)).Pairs;
    }

    /// <summary>The pairs of a batch, from its rankings.</summary>
    /// <param name="model">See <see cref="PairRules"/>.</param>
    public async Task<PairOutcome> DeriveAsync(Batch batch, PairOptions options, AnnotatorModel? model = null, CancellationToken cancellation = default)
    {
        if (batch.Kind != ComparisonKind.Ordinary || batch.State is BatchState.Planned or BatchState.Generating) return PairOutcome.None;
        if (await comparisons.FindPublishedAsync(batch.Campaign, batch.Id, cancellation) is null) return PairOutcome.None;
        var published = await comparisons.ReadBatchAsync(batch.Campaign, batch.Id, cancellation);
        return PairRules.Of(published, await rankings.ReadBatchAsync(batch.Id, cancellation), options, model);
    }

    /// <summary>The figures of pairs that have no file yet.</summary>
    internal static PairFile Count(PairOutcome outcome) => new(0, "", outcome.Pairs.Count, outcome.Pairs.Count(p => p.Split == Split.Train), outcome.Ties, outcome.BothBad, outcome.Identical);

    private static (string Text, string Hash) Write(PairOutcome outcome)
    {
        var text = string.Concat(outcome.Pairs.Select(p => JsonSerializer.Serialize(p, RlhfJson.Options) + "\n"));
        return (text, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }

    private static PairFile Describe(PairOutcome outcome, string hash, PairFile? before) =>
        before?.Hash == hash ? before : Count(outcome) with { Revision = (before?.Revision ?? 0) + 1, Hash = hash };
}
