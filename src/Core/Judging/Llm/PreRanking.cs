using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Orchestrations;
using Rlhf.Preferences;

namespace Rlhf.Judging.Llm;

/// <summary>What a campaign's language model has judged so far, and how far that can be trusted.</summary>
/// <param name="Judge">Null where the campaign names none.</param>
/// <param name="Counts">Whether its judgements are rankings too, of kind llm, because the campaign trains on that kind.</param>
/// <param name="IsRunning">Whether it is at it now.</param>
/// <param name="Trouble">Why it stopped.</param>
public sealed record PreRankingStand(string? Judge, string? Model, bool Counts, bool IsRunning, LlmFigures Figures, string? Trouble = null)
{
    /// <summary>Whether the campaign has comparisons that came in files: they are judged only where that is asked for.</summary>
    public bool HasImported { get; init; }
}

/// <summary>Has a campaign's language model judge what is published, and says how it does.</summary>
public sealed class PreRanking(
    CampaignStore campaigns, BatchStore batches, ComparisonStore comparisons, RankingStore rankings, LlmVotes votes, IOrchestrationClient orchestrations)
{
    public static string InstanceOf(CampaignId campaign) => $"{campaign}-llm-judge";

    /// <summary>Starts it; nothing happens where it is at it already. Comparisons that it has judged are not asked about again.</summary>
    /// <param name="imported">Comparisons that came ranked in files too: to see how it agrees with the people behind them.</param>
    /// <exception cref="RlhfException"><c>campaign-not-found</c> or <c>no-llm-judge</c>.</exception>
    public async Task StartAsync(CampaignId id, bool imported = false, CancellationToken cancellation = default)
    {
        var campaign = await campaigns.GetAsync(id, cancellation);
        if (campaign.Settings.LlmJudge is null) throw LlmJudge.Missing(id);
        await orchestrations.TryScheduleAsync(nameof(PreRank), new PreRankInput(id) { Imported = imported }, InstanceOf(id), cancellation);
    }

    /// <exception cref="RlhfException"><c>campaign-not-found</c>.</exception>
    public async Task<PreRankingStand> ReadAsync(CampaignId id, CancellationToken cancellation = default)
    {
        var campaign = await campaigns.GetAsync(id, cancellation);
        var instance = await orchestrations.GetAsync(InstanceOf(id), cancellation);
        var settings = campaign.Settings;
        return new(settings.LlmJudge?.Name, settings.LlmJudge?.Model, settings.TrainOn.Contains(AnnotatorKind.Llm), instance is { HasEnded: false },
            LlmFigures.Of(await ReadVotesAsync(campaign, cancellation), settings.Seed), instance?.Failure is { } failure ? $"{failure.Message} {failure.Remedy}" : null)
        {
            HasImported = settings.LlmJudge is not null && await batches.StreamAsync(id, cancellation).AnyAsync(b => b.Import is not null, cancellation),
        };
    }

    private async Task<List<(LlmVote Vote, Comparison Comparison, IReadOnlyList<Ranking> People)>> ReadVotesAsync(Campaign campaign, CancellationToken cancellation)
    {
        var judged = new List<(LlmVote, Comparison, IReadOnlyList<Ranking>)>();
        var people = PairStore.OptionsFor(campaign) with { TrainOn = [AnnotatorKind.Person] };
        await foreach (var batch in batches.StreamAsync(campaign.Id, cancellation))
        {
            var made = await votes.ReadBatchAsync(batch.Id, cancellation).Where(v => v.IsOf(campaign.Settings.LlmJudge)).ToListAsync(cancellation);
            if (made.Count == 0) continue;
            var published = (await comparisons.ReadBatchAsync(campaign.Id, batch.Id, cancellation)).ToDictionary(c => c.Id);
            var ranked = (await rankings.ReadBatchAsync(batch.Id, cancellation)).Where(r => PairRules.Counts(r, people)).ToLookup(r => r.Comparison);
            judged.AddRange(made.Where(v => published.ContainsKey(v.Comparison)).Select(v => (v, published[v.Comparison], (IReadOnlyList<Ranking>)[.. ranked[v.Comparison]])));
        }
        return judged;
    }
}
