using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Labeling.Agreement;
using Rlhf.Labeling.Quality;
using Rlhf.Labeling.Serving;
using Rlhf.Preferences;
using Rlhf.Prompts;
using Rlhf.Web.Contracts;

namespace Rlhf.Labeling.Checks;

/// <summary>What an owner does with gold.</summary>
public sealed class GoldService(GoldStore gold, CampaignStore campaigns, BatchStore batches, ComparisonStore comparisons, RankingStore rankings, PairStore pairs)
{
    public const int MaximumText = 32_000;

    /// <summary>Annotators who have to agree before their judgement is taken for known.</summary>
    public const int Consensus = 3;

    /// <summary>Makes a gold comparison.</summary>
    /// <exception cref="RlhfException"><c>invalid-gold</c> or <c>too-much-gold</c>.</exception>
    public async Task<GoldItem> MakeAsync(CampaignId id, GoldRequest request, CancellationToken cancellation = default)
    {
        var campaign = await campaigns.GetAsync(id, cancellation);
        GoldRequestRules.Check(request);
        IReadOnlyList<Message> messages = PromptHash.Normalize(request.Messages ?? [new(MessageRole.User, request.Prompt!)]);
        var answers = request.Answers.Select((text, i) => new Answer(((char)('a' + i)).ToString(), text.Trim(), "gold", FinishReason.Stop, 0)).ToList();
        var known = new GoldAnswer(request.Outcome, [.. (request.Tiers ?? []).Select(tier => (IReadOnlyList<string>)[.. tier.Select(place => answers[place - 1].Id)])], request.Explanation, request.Practice);
        return await gold.AddAsync(id, new(new("gold"), new("gold"), new(PromptHash.IdOf(messages), messages, Split.Train), answers, ComparisonKind.Gold, campaign.Round, 1) { Gold = known }, cancellation: cancellation);
    }

    /// <summary>Makes gold of comparisons that at least <see cref="Consensus"/> annotators judged alike. They give no pairs from then on.</summary>
    /// <returns>What was added, fewer than asked for where there are no more.</returns>
    public async Task<IReadOnlyList<GoldItem>> PromoteAsync(CampaignId id, int count, CancellationToken cancellation = default)
    {
        var campaign = await campaigns.GetAsync(id, cancellation);
        var taken = campaign.GoldFrom.ToHashSet();
        var added = new List<GoldItem>();
        foreach (var batch in await batches.ListAsync(id, cancellation))
        {
            if (added.Count == count) break;
            if (batch.Kind != ComparisonKind.Ordinary || await comparisons.FindPublishedAsync(id, batch.Id, cancellation) is null) continue;
            var options = PairStore.OptionsFor(campaign);
            var counted = (await rankings.ReadBatchAsync(batch.Id, cancellation)).Where(r => PairRules.Counts(r, options) && !r.Decides).ToLookup(r => r.Comparison);
            foreach (var comparison in (await comparisons.ReadBatchAsync(id, batch.Id, cancellation)).Where(c => !taken.Contains(c.Id)))
            {
                if (added.Count == count) break;
                if (Known([.. counted[comparison.Id]]) is not { } known) continue;
                if (await TryAddAsync(id, comparison with { Gold = known }, cancellation) is { } item) added.Add(item);
            }
        }
        if (added.Count > 0) await TakeOutAsync(id, from => [.. from.Union(added.Select(a => a.From!.Comparison))], cancellation);
        return added;
    }

    /// <summary>Serves it no more. A consensus gives pairs again.</summary>
    /// <exception cref="RlhfException"><c>no-such-gold</c>.</exception>
    public async Task RemoveAsync(CampaignId id, ComparisonId comparison, CancellationToken cancellation = default)
    {
        var item = await gold.RemoveAsync(id, comparison, cancellation);
        if (item.From is { } source) await TakeOutAsync(id, from => [.. from.Where(c => c != source.Comparison)], cancellation);
    }

    /// <summary>All gold with how it was judged.</summary>
    public async Task<GoldListResponse> ListAsync(CampaignId id, CancellationToken cancellation = default)
    {
        await campaigns.GetAsync(id, cancellation);
        var views = new List<GoldView>();
        foreach (var item in (await gold.ListAsync(id, cancellation)).OrderBy(g => g.AddedAt))
        {
            var comparison = await comparisons.GetAsync(id, item.Batch, item.Comparison, cancellation);
            var judged = (await rankings.ReadBatchAsync(item.Batch, cancellation)).Where(RatedValue.Counts).ToList();
            views.Add(new(item.Comparison, comparison.Prompt.Messages, [.. comparison.Answers.Select(a => a.Text)], comparison.Gold!.Outcome, Places(comparison), comparison.Gold.Explanation,
                item.IsPractice, item.From is not null, judged.Count, judged.Count(r => GoldRules.IsRight(comparison.Gold, r))));
        }
        return new(views);
    }

    /// <returns>Null where the owner made it gold with another answer.</returns>
    private async Task<GoldItem?> TryAddAsync(CampaignId id, Comparison comparison, CancellationToken cancellation)
    {
        try
        {
            return await gold.AddAsync(id, comparison, new TaskKey(comparison.Batch, comparison.Id), cancellation) is { From: not null } added ? added : null;
        }
        catch (RlhfException e) when (e.Code == "gold-differs")
        {
            return null;
        }
    }

    private async Task TakeOutAsync(CampaignId id, Func<IReadOnlyList<ComparisonId>, IReadOnlyList<ComparisonId>> change, CancellationToken cancellation)
    {
        await campaigns.UpdateAsync(id, c => c with { GoldFrom = change(c.GoldFrom) }, cancellation);
        await pairs.RefreshAllAsync(id, cancellation);
    }

    /// <summary>What all said, where it is enough and says which is better; null otherwise.</summary>
    private static GoldAnswer? Known(IReadOnlyList<Ranking> counted) =>
        counted.Count >= Consensus && counted.Select(RatedValue.WinnerOf).Distinct().Count() == 1 && counted[0] is { Outcome: RankingOutcome.Ranked, Tiers: [{ Count: 1 } best, ..] } first && first.Tiers.Count > 1
            ? new(RankingOutcome.Ranked, [best, [.. first.Tiers.Skip(1).SelectMany(t => t)]]) : null;

    private static List<IReadOnlyList<int>> Places(Comparison comparison) =>
        [.. comparison.Gold!.Tiers.Select(tier => (IReadOnlyList<int>)[.. tier.Select(id => comparison.Answers.ToList().FindIndex(a => a.Id == id) + 1)])];
}
