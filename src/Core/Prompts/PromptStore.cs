using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rlhf.Campaigns;
using Rlhf.Json;
using Rlhf.Storage;

namespace Rlhf.Prompts;

/// <summary>A campaign's prompts in the order they came, in pages: bodies in blobs, and in table <c>prompts</c> (partition = campaign) one row a prompt
/// (<c>id~…</c>, so that none is taken twice), one a page (<c>page~…</c>), one a named group (<c>group~…</c>, which fixes its split) and <c>head</c> with the counts.</summary>
public sealed class PromptStore(ITableStore tables, IBlobStore blobs)
{
    /// <summary>Prompts a page: each may bring a group's row too, and a transaction takes 100 rows with the page's and the head's.</summary>
    public const int PageSize = 48;

    internal const string Table = "prompts";
    private const string Head = "head";

    /// <summary>Takes what is new of at most <see cref="PageSize"/> drafts, all of it or nothing.</summary>
    /// <returns>How many were new, how many the campaign had already, and the drafts whose split contradicts their group's.</returns>
    public Task<PageResult> AddAsync(CampaignId campaign, SplitSettings split, IReadOnlyList<PromptLine> drafts, CancellationToken cancellation = default) =>
        AddAsync(campaign, split, drafts, isRanked: false, cancellation);

    /// <param name="origin">Names this page of this file. What was taken under this name counts as new however often the page is read, so that a second reading reports what the first does.</param>
    internal Task<PageResult> AddAsync(CampaignId campaign, SplitSettings split, IReadOnlyList<PromptLine> drafts, string origin, CancellationToken cancellation) =>
        AddAsync(campaign, split, drafts, isRanked: false, cancellation, origin);

    /// <param name="isRanked">They came with answers and rankings, so none are asked for; they belong to the campaign all the same.</param>
    internal async Task<PageResult> AddAsync(
        CampaignId campaign, SplitSettings split, IReadOnlyList<PromptLine> drafts, bool isRanked, CancellationToken cancellation, string? origin = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(drafts.Count, PageSize);
        var known = new KnownPrompts(tables, campaign, origin, (page, c) => ReadPageAsync(campaign, page, c));
        // A page whose first prompt is new mostly is so as a whole: the write says where it is not, and takes nothing then.
        if (drafts.Count > 0) await known.LookAsync(PromptHash.IdOf(drafts[0].Draft!.Messages), cancellation);
        while (true)
        {
            var plan = await PageDraft.PlanAsync(drafts, split, known, (group, c) => tables.FindAsync(Table, campaign.Value, group, c), cancellation);
            if (plan.Prompts.Count == 0 || await TryWriteAsync(campaign, plan, isRanked, origin, cancellation))
                return new(plan.Prompts.Count + plan.TakenBefore, plan.Duplicates, plan.Conflicts);
            await known.LookAgainAsync(plan.Prompts.Select(p => p.Id), cancellation);
        }
    }

    /// <summary>The split of each of these prompts that the campaign has.</summary>
    internal async Task<IReadOnlyDictionary<PromptId, Split>> FindSplitsAsync(CampaignId campaign, IReadOnlyList<PromptId> ids, CancellationToken cancellation)
    {
        var rows = await Task.WhenAll(ids.Select(id => FindPromptAsync(campaign, id, cancellation)));
        return ids.Zip(rows).Where(p => p.Second is not null).ToDictionary(p => p.First, p => p.Second!.ReadBody<PromptEntry>().Split);
    }

    public async Task<PromptHead> GetHeadAsync(CampaignId campaign, CancellationToken cancellation = default) =>
        (await tables.FindAsync(Table, campaign.Value, Head, cancellation))?.ReadBody<PromptHead>() ?? new();

    /// <summary>The next prompts after a cursor that answers are to be asked for, as references: up to <paramref name="count"/> of them, fewer at the end.</summary>
    public async Task<PromptTake> TakeAsync(CampaignId campaign, PromptCursor cursor, int count, CancellationToken cancellation = default)
    {
        var slices = new List<PromptSlice>();
        var left = count;
        await foreach (var row in tables.QueryAsync(Table, campaign.Value, PageRow(cursor.Page), "page~~", cancellation: cancellation))
        {
            var page = row.ReadBody<PromptPage>();
            if (page.IsRanked)
            {
                cursor = new(page.Number + 1, 0);
                continue;
            }
            var index = page.Number == cursor.Page ? cursor.Index : 0;
            var taken = Math.Min(left, page.Count - index);
            if (taken > 0) slices.Add(new(page.Blob, index, taken));
            left -= taken;
            cursor = index + taken == page.Count ? new(page.Number + 1, 0) : new(page.Number, index + taken);
            if (left == 0) break;
        }
        return new(slices, cursor);
    }

    public async Task<IReadOnlyList<Prompt>> ReadAsync(IEnumerable<PromptSlice> slices, CancellationToken cancellation = default)
    {
        var prompts = new List<Prompt>();
        foreach (var slice in slices)
            prompts.AddRange((await ReadPageAsync(slice.Blob, cancellation)).Skip(slice.From).Take(slice.Count));
        return prompts;
    }

    /// <summary>All of a campaign's prompts in the order they came, a page at a time in memory.</summary>
    public async IAsyncEnumerable<Prompt> ReadAllAsync(CampaignId campaign, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var row in tables.QueryAsync(Table, campaign.Value, PageRow(0), "page~~", cancellation: cancellation))
            foreach (var prompt in await ReadPageAsync(row.ReadBody<PromptPage>().Blob, cancellation))
                yield return prompt;
    }

    private Task<TableRow?> FindPromptAsync(CampaignId campaign, PromptId id, CancellationToken cancellation) => tables.FindAsync(Table, campaign.Value, PromptRow(id), cancellation);

    internal static string PromptRow(PromptId id) => $"id~{id}";

    internal static string GroupRow(string group) => $"group~{Hash(group)[..32]}";

    private static string PageRow(int number) => $"page~{number:D8}";

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private async Task<(PromptPage Page, IReadOnlyList<Prompt> Prompts)?> ReadPageAsync(CampaignId campaign, int number, CancellationToken cancellation) =>
        (await tables.FindAsync(Table, campaign.Value, PageRow(number), cancellation))?.ReadBody<PromptPage>() is { } page ? (page, await ReadPageAsync(page.Blob, cancellation)) : null;

    private async Task<IReadOnlyList<Prompt>> ReadPageAsync(string blob, CancellationToken cancellation)
    {
        var text = await blobs.ReadTextAsync(blob, cancellation)
            ?? throw new RlhfException("prompts-missing", $"The page of prompts '{blob}' is gone from storage.", "Restore the blob, or drop the prompt file again into a new campaign.");
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<Prompt>(line, RlhfJson.Options)!)];
    }

    private async Task<bool> TryWriteAsync(CampaignId campaign, PageDraft plan, bool isRanked, string? origin, CancellationToken cancellation)
    {
        var headRow = await tables.FindAsync(Table, campaign.Value, Head, cancellation);
        var head = headRow?.ReadBody<PromptHead>() ?? new();
        var body = string.Concat(plan.Prompts.Select(p => JsonSerializer.Serialize(p, RlhfJson.Options) + "\n"));
        // Named by its content: whoever loses the race for the page's number leaves a blob that nobody reads, and overwrites nobody's.
        var blob = $"campaigns/{campaign}/prompts/{head.Pages:D8}-{Hash(body)[..16]}.jsonl";
        await blobs.WriteTextAsync(blob, body, cancellation: cancellation);

        var page = new PromptPage(head.Pages, blob, plan.Prompts.Count, isRanked, origin);
        var operations = new List<TableOperation>
        {
            headRow is null ? Insert(Head, head.Plus(plan.Prompts)) : new(TableOperationKind.Replace, Head, StorageExtensions.ToBody(head.Plus(plan.Prompts)), headRow.ETag),
            Insert(PageRow(page.Number), page),
        };
        operations.AddRange(plan.Prompts.Select(p => Insert(PromptRow(p.Id), new PromptEntry(page.Number, p.Split))));
        operations.AddRange(plan.NewGroups.Select(g => Insert(g.Key, new PromptGroup(g.Value))));
        return await tables.WriteAsync(Table, campaign.Value, operations, cancellation) is not null;
    }

    private static TableOperation Insert<T>(string row, T body) => new(TableOperationKind.Insert, row, StorageExtensions.ToBody(body));
}
