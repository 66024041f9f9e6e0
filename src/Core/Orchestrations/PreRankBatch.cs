using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Judging.Llm;
using Rlhf.Labeling;

namespace Rlhf.Orchestrations;

/// <param name="Batch">Null where there is none after it.</param>
public sealed record PreRankBatchResult(BatchId? Batch, int Judged);

/// <summary>Has the campaign's language model judge what it has not judged yet of the next batch that people rank, or, where that is asked for, ranked elsewhere. Its votes stand beside the rankings and take nobody's place.</summary>
public sealed class PreRankBatch(CampaignStore campaigns, BatchStore batches, ComparisonStore comparisons, LlmJudge judge, LlmVotes votes, TokenLedger ledger) : Activity<PreRankInput, PreRankBatchResult>
{
    /// <summary>Comparisons asked about before their votes are written.</summary>
    private const int Window = 10;

    public override async Task<PreRankBatchResult> RunAsync(PreRankInput input, CancellationToken cancellation)
    {
        var campaign = await campaigns.GetAsync(input.Campaign, cancellation);
        if (await NextAsync(input, cancellation) is not { } batch || campaign.State == CampaignState.Cancelled) return new(null, 0);
        var known = await votes.ReadBatchAsync(batch.Id, cancellation).Where(v => v.IsOf(campaign.Settings.LlmJudge)).Select(v => v.Comparison).ToHashSetAsync(cancellationToken: cancellation);
        var open = (await comparisons.ReadBatchAsync(input.Campaign, batch.Id, cancellation)).Where(c => !known.Contains(c.Id)).ToList();
        var judged = 0;
        foreach (var window in open.Chunk(Window))
        {
            await ledger.CheckAsync(campaign, cancellation);
            var made = await judge.AskAsync(campaign, window, cancellation);
            if (made.Count == 0) throw Unreachable(campaign.Settings.LlmJudge!);
            foreach (var vote in made) await votes.WriteAsync(vote, cancellation);
            await ledger.AddAsync(input.Campaign, $"llm~{window[0].Id}", made.Sum(v => v.Tokens), cancellation);
            judged += made.Count;
        }
        return new(batch.Id, judged);
    }

    private static RlhfException Unreachable(GeneratorSettings judge) =>
        new("llm-judge-unreachable", $"'{judge.Name}' ({judge.Model}) gives no answer.", "Look whether its endpoint is up and its rate limit is not used up, then start it again.", 502) { IsTransient = true };

    /// <summary>Test comparisons judge models, and only people do that.</summary>
    private async Task<Batch?> NextAsync(PreRankInput input, CancellationToken cancellation)
    {
        var after = input.After;
        while (await batches.FindAfterAsync(input.Campaign, after, cancellation) is { } batch)
        {
            if (batch.Kind == ComparisonKind.Ordinary && (batch.Import is null || input.Imported) && await comparisons.FindPublishedAsync(input.Campaign, batch.Id, cancellation) is not null) return batch;
            after = batch.Id;
        }
        return null;
    }
}
