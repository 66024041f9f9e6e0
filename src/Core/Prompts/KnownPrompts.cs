using Rlhf.Storage;

namespace Rlhf.Prompts;

/// <summary>Which of a page's drafts the campaign has already, learned a page at a time: one prompt that is found brings all that came in its page. So a page read
/// again after a crash is known after three reads, however long it is.</summary>
internal sealed class KnownPrompts(
    ITableStore tables, CampaignId campaign, string? origin, Func<int, CancellationToken, Task<(PromptPage Page, IReadOnlyList<Prompt> Prompts)?>> readPage)
{
    private readonly HashSet<PromptId> takenHere = [];
    private readonly HashSet<PromptId> known = [];
    private readonly HashSet<PromptId> sought = [];

    public bool Has(PromptId id) => known.Contains(id);

    /// <summary>Whether the campaign has it from an earlier reading of this very page, or from another one of it that goes on elsewhere.</summary>
    public bool IsTakenHere(PromptId id) => takenHere.Contains(id);

    public async Task LookAsync(PromptId id, CancellationToken cancellation)
    {
        if (known.Contains(id) || !sought.Add(id)) return;
        var row = await tables.FindAsync(PromptStore.Table, campaign.Value, PromptStore.PromptRow(id), cancellation);
        if (row is null) return;
        known.Add(id);
        if (await readPage(row.ReadBody<PromptEntry>().Page, cancellation) is not var (page, prompts)) return;
        known.UnionWith(prompts.Select(p => p.Id));
        if (origin is not null && page.Origin == origin) takenHere.UnionWith(prompts.Select(p => p.Id));
    }

    /// <summary>After a write was refused: at least one of these is known by now, or another writer was quicker. New ones may have come since the last look.</summary>
    public async Task LookAgainAsync(IEnumerable<PromptId> ids, CancellationToken cancellation)
    {
        sought.Clear();
        foreach (var id in ids) await LookAsync(id, cancellation);
    }
}
