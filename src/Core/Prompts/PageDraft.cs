using Rlhf.Campaigns;
using Rlhf.Storage;

namespace Rlhf.Prompts;

/// <summary>What a page of drafts comes to, beside what the campaign has: the new prompts with their splits, and what is left out.</summary>
/// <param name="TakenBefore">Those that an earlier reading of the same page took.</param>
/// <param name="NewGroups">Split by group row.</param>
internal sealed record PageDraft(
    IReadOnlyList<Prompt> Prompts, int TakenBefore, int Duplicates, IReadOnlyList<LineError> Conflicts, IReadOnlyDictionary<string, Split> NewGroups)
{
    /// <param name="known">Which prompts the campaign has.</param>
    /// <param name="findGroup">The row of a group, by its key.</param>
    public static async Task<PageDraft> PlanAsync(
        IReadOnlyList<PromptLine> lines, SplitSettings settings, KnownPrompts known,
        Func<string, CancellationToken, Task<TableRow?>> findGroup, CancellationToken cancellation)
    {
        var prompts = new Dictionary<PromptId, Prompt>();
        var conflicts = new List<LineError>();
        var groups = new Dictionary<string, Split>();
        var takenBefore = new HashSet<PromptId>();
        var duplicates = 0;
        foreach (var line in lines)
        {
            var draft = line.Draft!;
            var id = PromptHash.IdOf(draft.Messages);
            if (known.IsTakenHere(id) && takenBefore.Add(id)) continue;
            if (prompts.ContainsKey(id) || known.Has(id))
            {
                duplicates++;
                continue;
            }
            var split = draft.Split ?? PromptHash.SplitOf(draft.Group ?? id.Value, settings);
            if (draft.Group is { } group)
            {
                var row = PromptStore.GroupRow(group);
                var settled = groups.TryGetValue(row, out var fresh) ? fresh : (await findGroup(row, cancellation))?.ReadBody<PromptGroup>().Split;
                if (settled is not null && draft.Split is not null && settled != draft.Split)
                {
                    conflicts.Add(Conflict(line.Line, group, settled.Value, draft.Split.Value));
                    continue;
                }
                if (settled is null) groups[row] = split;
                split = settled ?? split;
            }
            prompts[id] = new(id, draft.Messages, split, draft.Group, draft.Metadata);
        }
        return new([.. prompts.Values], takenBefore.Count, duplicates, conflicts, groups);
    }

    private static LineError Conflict(long line, string group, Split settled, Split asked) => new(
        line, "split-conflict", $"The group '{group}' is in {settled.ToString().ToLowerInvariant()}, but the line asks for {asked.ToString().ToLowerInvariant()}.",
        "Prompts of one group share a split: leave 'split' out, or give the line another group.");
}
