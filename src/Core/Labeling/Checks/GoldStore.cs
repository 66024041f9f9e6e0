using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Rlhf.Labeling.Serving;
using Rlhf.Storage;

namespace Rlhf.Labeling.Checks;

/// <summary>A campaign's gold comparisons.</summary>
public sealed class GoldStore(IBlobStore blobs, ITableStore tables, TimeProvider time)
{
    public const string Table = "gold";

    /// <summary>An annotator keeps a list of those judged.</summary>
    public const int Maximum = 500;

    private static readonly TimeSpan TrustFor = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<CampaignId, (IReadOnlyList<GoldItem> Items, DateTimeOffset ReadAt)> recent = new();

    /// <summary>All of them, as they were some seconds ago at most.</summary>
    public async Task<IReadOnlyList<GoldItem>> ListRecentAsync(CampaignId campaign, CancellationToken cancellation = default)
    {
        if (recent.TryGetValue(campaign, out var known) && time.GetUtcNow() - known.ReadAt < TrustFor) return known.Items;
        var now = time.GetUtcNow();
        var items = await ListAsync(campaign, cancellation);
        recent[campaign] = (items, now);
        return items;
    }

    public async Task<IReadOnlyList<GoldItem>> ListAsync(CampaignId campaign, CancellationToken cancellation = default) =>
        await tables.QueryAsync(Table, campaign.Value, cancellation: cancellation).Select(row => row.ReadBody<GoldItem>()).ToListAsync(cancellation);

    /// <summary>What was taken away.</summary>
    public async Task<IReadOnlyList<GoldItem>> ListRemovedAsync(CampaignId campaign, CancellationToken cancellation = default) =>
        await tables.QueryAsync(Table, RemovedOf(campaign), cancellation: cancellation).Select(row => row.ReadBody<GoldItem>()).ToListAsync(cancellation);

    /// <summary>Adds a comparison as gold. The same twice is one; one with another answer or explanation is another comparison, for annotators too.</summary>
    /// <param name="from">Whose consensus it is.</param>
    /// <param name="comparison">Its own id and batch are replaced: annotators see the new id, and it says nothing.</param>
    /// <exception cref="RlhfException"><c>too-much-gold</c>, or <c>gold-differs</c> where the same prompt and answers are gold with another answer or explanation.</exception>
    public async Task<GoldItem> AddAsync(CampaignId campaign, Comparison comparison, TaskKey? from = null, CancellationToken cancellation = default)
    {
        var all = await ListAsync(campaign, cancellation);
        var (content, known) = (ContentOf(campaign, comparison), comparison.Gold!);
        if (all.FirstOrDefault(g => (g.Content ?? g.Comparison.Value) == content) is { } there) return await SameAsync(campaign, there, known, cancellation);
        if (all.Count >= Maximum) throw new RlhfException("too-much-gold", $"Campaign '{campaign}' has {Maximum} gold comparisons.", "Take some away first.", 409);
        var id = new ComparisonId(Hash($"known\n{content}\n{Spelled(known)}"));
        var gold = comparison with { Id = id, Batch = BatchId.From($"{campaign}-gold-{id.Value[..12]}"), Kind = ComparisonKind.Gold };
        var item = new GoldItem(gold.Batch, id, time.GetUtcNow(), known.IsPractice, from) { Content = content };
        await blobs.WriteJsonAsync(ComparisonStore.BatchPath(campaign, gold.Batch), new[] { gold }, WriteCondition.CreateOnly, cancellation);
        if (await tables.TryInsertAsync(Table, campaign.Value, id.Value, item, cancellation) is null)
            item = (await tables.FindAsync(Table, campaign.Value, id.Value, cancellation))?.ReadBody<GoldItem>() ?? item;
        await tables.WriteAsync(Table, RemovedOf(campaign), [new(TableOperationKind.Delete, id.Value)], cancellation);
        recent.TryRemove(campaign, out _);
        return item;
    }

    /// <summary>It is served no more; what was judged stays.</summary>
    /// <exception cref="RlhfException"><c>no-such-gold</c>.</exception>
    public async Task<GoldItem> RemoveAsync(CampaignId campaign, ComparisonId comparison, CancellationToken cancellation = default)
    {
        var item = (await tables.FindAsync(Table, campaign.Value, comparison.Value, cancellation))?.ReadBody<GoldItem>()
            ?? throw new RlhfException("no-such-gold", $"Campaign '{campaign}' has no gold comparison '{comparison}'.", "Look it up in the campaign's list of gold.", 404);
        // Kept aside: time went into it.
        await tables.UpsertAsync(Table, RemovedOf(campaign), comparison.Value, item, cancellation);
        await tables.WriteAsync(Table, campaign.Value, [new(TableOperationKind.Delete, comparison.Value)], cancellation);
        recent.TryRemove(campaign, out _);
        return item;
    }

    private async Task<GoldItem> SameAsync(CampaignId campaign, GoldItem there, GoldAnswer known, CancellationToken cancellation)
    {
        var before = await blobs.ReadJsonAsync<List<Comparison>>(ComparisonStore.BatchPath(campaign, there.Batch), cancellation);
        if (before is [{ Gold: { } gold }] && Spelled(gold) == Spelled(known)) return there;
        throw new RlhfException("gold-differs", "This comparison is gold already, with another answer or explanation.", "Remove that one first, then add this one.", 409);
    }

    private static string RemovedOf(CampaignId campaign) => $"{campaign}~removed";

    private static string ContentOf(CampaignId campaign, Comparison comparison) =>
        Hash($"gold\n{campaign}\n{comparison.Prompt.Id}\n{string.Join('\n', comparison.Answers.Select(a => a.Text))}\n{comparison.Gold!.IsPractice}");

    private static string Spelled(GoldAnswer known) =>
        $"{known.Outcome}\n{string.Join('>', known.Tiers.Select(tier => string.Join('=', tier.Order(StringComparer.Ordinal))))}\n{known.Explanation}";

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..20];
}
