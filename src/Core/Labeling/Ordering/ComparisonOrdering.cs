using Rlhf.Campaigns;
using Rlhf.Labeling.Serving;
using Rlhf.Preferences;

namespace Rlhf.Labeling.Ordering;

/// <summary>Counts a campaign's rankings, and puts its open comparisons in order by what is known from them.</summary>
/// <remarks>One orchestration a campaign calls it, so no two passes meet. A pass that is repeated after a crash orders what is open then; nothing is asked twice or lost by it, since a place is only a place.</remarks>
public sealed class ComparisonOrdering(
    CampaignStore campaigns, BatchStore batches, ComparisonStore comparisons, RankingStore rankings, OpenStore open, FeatureStore features, OrderingStands stands, TimeProvider time)
{
    /// <summary>Judged train comparisons before which heads would know too little: all stays at random.</summary>
    public const int FewestJudged = 50;

    /// <summary>What heads learn from is held in memory, and the newest is enough.</summary>
    private static readonly JudgedLimits Limits = new();

    /// <summary>New rankings after which the heads are fitted anew, and the share of those there were.</summary>
    private const int NewRankings = 25;

    private const double NewShare = 0.05;

    /// <exception cref="RlhfException"><c>campaign-not-found</c>.</exception>
    public async Task<OrderingLook> LookAsync(CampaignId id, CancellationToken cancellation = default)
    {
        // In this order: where the batches have ended because the labeling was closed, that is seen.
        var all = (await batches.ListAsync(id, cancellation)).Where(b => b.Kind == ComparisonKind.Ordinary).ToList();
        var campaign = await campaigns.GetAsync(id, cancellation);
        var before = await stands.ReadAsync(id, cancellation);
        if (before.Round != campaign.Round) before = before with { Round = campaign.Round, Rankings = 0, ClosedAt = 0, OrderedWith = 0 };
        var stand = before with { Rankings = await CountAsync(campaign, all, cancellation) };
        // Whoever closed it: what is asked from then on has the whole budget before it again.
        if (campaign.ClosedAt is not null) stand = stand with { ClosedAt = stand.Rankings };
        var isOpen = campaign.State != CampaignState.Cancelled && all.Exists(b => !b.HasEnded);
        var isSpent = isOpen && campaign.ClosedAt is null && stand.Spent >= campaign.Settings.RankingBudget;
        // What is about to be closed, or is, need not be put in order.
        if (isOpen && !isSpent && campaign.ClosedAt is null && campaign.Settings.Ordering is { } ordering && await IsDueAsync(id, ordering, stand, cancellation))
            stand = await OrderAsync(campaign, ordering, all, stand, cancellation);
        if (stand != before) await stands.WriteAsync(id, stand, cancellation);
        return new(stand, stand.Rankings - before.Rankings, isOpen, isSpent);
    }

    /// <summary>Rankings of the round that count for pairs, those that came in files aside.</summary>
    private async Task<int> CountAsync(Campaign campaign, IReadOnlyList<Batch> all, CancellationToken cancellation)
    {
        var rule = PairStore.OptionsFor(campaign);
        var count = 0;
        foreach (var batch in all.Where(b => b.Round == campaign.Round && b.Import is null))
        {
            count += batch.Counts is { } closed ? closed.Rankings.Where(r => rule.TrainOn.Contains(r.Key)).Sum(r => r.Value)
                : (await rankings.ReadBatchAsync(batch.Id, cancellation)).Count(r => PairRules.Counts(r, rule));
        }
        return count;
    }

    private async Task<bool> IsDueAsync(CampaignId campaign, OrderingSettings ordering, OrderingStand stand, CancellationToken cancellation)
    {
        if (stand.OrderedAt is not { } at || stand.OrderedBy != ordering) return true;
        if (ordering.By == OrderingRule.Random) return false;
        return stand.Rankings - stand.OrderedWith >= Math.Max(NewRankings, NewShare * stand.OrderedWith)
            || (await comparisons.ListPublishedAsync(campaign, cancellation)).Any(b => b.Closed is null && b.PublishedAt > at);
    }

    /// <summary>Where the model can't be read, all stays at random, and the stand says why: nobody is kept from ranking by it.</summary>
    private async Task<OrderingStand> OrderAsync(Campaign campaign, OrderingSettings ordering, IReadOnlyList<Batch> all, OrderingStand stand, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var rows = new List<StoredOpenRow>();
        await foreach (var page in open.ReadPagesAsync(campaign.Id, cancellation)) rows.AddRange(page);
        // Published before the campaign was ordered.
        var moved = rows.Where(r => r.Priority > ComparisonPlaces.Last).ToDictionary(r => r.Row.Comparison, r => ComparisonPlaces.RandomOf(r.Row.Comparison));
        try
        {
            if (ordering.By == OrderingRule.Disagreement) stand = await ArrangeAsync(campaign, ordering, all, rows, moved, stand, cancellation);
        }
        catch (RlhfException e) when (!e.IsTransient)
        {
            stand = stand with { Problem = $"{e.Message} {e.Remedy}" };
        }
        if (moved.Count > 0) await comparisons.ReprioritizeAsync(campaign.Id, moved, cancellation);
        // Whoever has passed the first places looks at them again, and from the first time on all shards' first places come first.
        if (moved.Count > 0 || campaign.OrderedAt is null) await campaigns.UpdateAsync(campaign.Id, c => c with { OrderedAt = now }, cancellation);
        return stand with { OrderedAt = now, OrderedWith = stand.Rankings, OrderedBy = ordering };
    }

    /// <param name="moved">Gets the places of those that move.</param>
    private async Task<OrderingStand> ArrangeAsync(
        Campaign campaign, OrderingSettings ordering, IReadOnlyList<Batch> all, IReadOnlyList<StoredOpenRow> rows, Dictionary<ComparisonId, int> moved, OrderingStand stand, CancellationToken cancellation)
    {
        var model = ordering.ModelOf(campaign.Settings)!;
        var judged = await ReadJudgedAsync(campaign, all, model, cancellation);
        stand = stand with { Judged = judged.Count, Ordered = 0, HeadAccuracy = null, Problem = null };
        if (judged.Count < FewestJudged) return stand;
        var heads = HeadEnsemble.Fit(judged, ordering.Members, campaign.Settings.Seed);
        var ordered = await ReadOrderedAsync(campaign, ordering, rows, moved, heads, model, cancellation);
        foreach (var (comparison, place) in ComparisonPlaces.Exchange(ordered)) moved[comparison] = place;
        return stand with { Ordered = ordered.Count, HeadAccuracy = heads.Accuracy };
    }

    private async Task<IReadOnlyList<IReadOnlyList<HeadExample>>> ReadJudgedAsync(Campaign campaign, IReadOnlyList<Batch> all, string model, CancellationToken cancellation)
    {
        var rule = PairStore.OptionsFor(campaign);
        var judged = new JudgedSet(Limits);
        foreach (var batch in all.Where(b => b.Comparisons > 0).OrderByDescending(b => b.PlannedAt))
        {
            if (judged.IsFull) break;
            var ranked = await rankings.ReadBatchAsync(batch.Id, cancellation);
            // Features of a batch that nobody has ranked yet are read when its turn in the order comes.
            if (!ranked.Any(r => PairRules.Counts(r, rule))) continue;
            judged.Add(JudgedAnswers.Of(await comparisons.ReadBatchAsync(campaign.Id, batch.Id, cancellation), ranked, rule, await features.ReadAsync(campaign.Id, batch.Id, model, cancellation)));
        }
        return judged.Comparisons;
    }

    /// <summary>What is open, has no ranking yet and does not keep its random place, with its place and how far the heads differ over it.</summary>
    private async Task<List<(PlacedComparison Placed, double Disagreement)>> ReadOrderedAsync(
        Campaign campaign, OrderingSettings ordering, IReadOnlyList<StoredOpenRow> open, IReadOnlyDictionary<ComparisonId, int> moved, HeadEnsemble heads, string model, CancellationToken cancellation)
    {
        var ordered = new List<(PlacedComparison, double)>();
        foreach (var rows in open.GroupBy(r => r.Row.Batch))
        {
            var published = (await comparisons.ReadBatchAsync(campaign.Id, rows.Key, cancellation)).ToDictionary(c => c.Id);
            // A row may stand there some time after its ranking, and would keep a place from one that is open.
            var ranked = (await rankings.ReadBatchAsync(rows.Key, cancellation)).Select(r => r.Comparison).ToHashSet();
            var mayMove = rows.Where(r => !ranked.Contains(r.Row.Comparison) && published.TryGetValue(r.Row.Comparison, out var c) && !ComparisonPlaces.StaysRandom(c, ordering.RandomShare)).ToList();
            if (mayMove.Count == 0) continue;
            var known = await features.ReadAsync(campaign.Id, rows.Key, model, cancellation);
            foreach (var row in mayMove)
                if (known.TryGetValue(row.Row.Comparison, out var answers))
                    ordered.Add((new(row.Row.Comparison, moved.GetValueOrDefault(row.Row.Comparison, row.Priority)), heads.Disagreement(answers)));
        }
        return ordered;
    }
}

/// <param name="New">Rankings since the last look; below 0 where some were taken back.</param>
/// <param name="IsOpen">Whether a batch is open that people rank.</param>
/// <param name="IsSpent">Whether the budget is, and the labeling not closed yet.</param>
public sealed record OrderingLook(OrderingStand Stand, int New, bool IsOpen, bool IsSpent);
