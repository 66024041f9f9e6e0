using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Orchestrations;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Imports;

/// <summary>Puts a page of a file's comparisons into a campaign: prompts, answers, rankings and pairs, as a batch of its own that has ended; those without rankings are opened instead.</summary>
/// <remarks>Every step finds what an earlier try of the same page wrote, so a page may be stored again after a crash.</remarks>
public sealed class Importer(
    PromptStore prompts, BatchStore batches, ComparisonStore comparisons, RankingStore rankings, ImportClaims claims, EndBatch ending, IOrchestrationClient orchestrations, TimeProvider time)
{
    internal async Task<PageResult> StoreAsync(Campaign campaign, ImportSource source, int page, IReadOnlyList<ImportLine> lines, CancellationToken cancellation)
    {
        var target = new ImportTarget(source, source.BatchOf(campaign.Id, page), campaign.Round, campaign.Settings.Overlap, time.GetUtcNow());
        var drafts = lines.Select(l => new ImportDraft(l)).ToList();
        var (splits, newPrompts, errors) = await PlaceAsync(campaign, drafts, cancellation);
        var placed = drafts.Where(d => splits.TryGetValue(d.Prompt, out var split) && (d.Split is null || d.Split == split)).ToList();
        errors = [.. errors, .. drafts.Where(d => splits.TryGetValue(d.Prompt, out var split) && d.Split is not null && d.Split != split).Select(d => Conflict(d, splits[d.Prompt]))];

        var own = await claims.ClaimAsync(campaign.Id, target.Batch, placed.SelectMany(d => d.Keys), cancellation);
        var kept = placed.Select(d => d.Keep(own, splits[d.Prompt], target)).OfType<(Comparison Comparison, IReadOnlyList<Ranking> Rankings)>().DistinctBy(k => k.Comparison.Id).ToList();
        if (kept.Count > 0) await PublishAsync(campaign, target, kept, cancellation);
        return new(kept.Count, placed.Count - kept.Count, errors) { Imported = Count(newPrompts, kept) };
    }

    /// <summary>Makes sure that the campaign has the prompts.</summary>
    /// <returns>Each one's split as the campaign has it; those whose group is on another side are missing, and named.</returns>
    private async Task<(IReadOnlyDictionary<PromptId, Split> Splits, int New, IReadOnlyList<LineError> Errors)> PlaceAsync(Campaign campaign, List<ImportDraft> drafts, CancellationToken cancellation)
    {
        var added = await prompts.AddAsync(campaign.Id, campaign.Settings.Split, [.. drafts.DistinctBy(d => d.Prompt).Select(d => d.ToPrompt())], isRanked: true, cancellation);
        return (await prompts.FindSplitsAsync(campaign.Id, [.. drafts.Select(d => d.Prompt).Distinct()], cancellation), added.Accepted, added.Conflicts);
    }

    private async Task PublishAsync(Campaign campaign, ImportTarget target, List<(Comparison Comparison, IReadOnlyList<Ranking> Rankings)> kept, CancellationToken cancellation)
    {
        // Rankings first: a comparison that has them is never on anybody's table.
        await rankings.AddAllAsync(target.Batch, [.. kept.SelectMany(k => k.Rankings)], cancellation);
        await comparisons.PublishAsync(campaign.Id, target.Batch, [.. kept.Select(k => k.Comparison)], cancellation);
        await batches.CreateAsync(new(target.Batch, campaign.Id, target.Round, ComparisonKind.Ordinary, BatchState.Open, [], new(), target.At, Comparisons: kept.Count) { Import = target.Source }, cancellation);
        if (kept.All(k => k.Rankings.Count > 0)) await ending.RunAsync(new(campaign.Id, target.Batch, BatchEnd.Complete), cancellation);
        else await orchestrations.TryScheduleAsync(nameof(LabelBatch), new LabelBatchInput(campaign.Id, target.Batch), target.Batch.Value, cancellation);
    }

    private static ImportCounts Count(int newPrompts, List<(Comparison Comparison, IReadOnlyList<Ranking> Rankings)> kept) => new(
        newPrompts, kept.Count, kept.Count(k => k.Rankings.Count == 0), kept.SelectMany(k => k.Rankings).CountBy(r => r.AnnotatorKind).ToDictionary(), kept.CountBy(k => k.Comparison.Prompt.Split).ToDictionary());

    private static LineError Conflict(ImportDraft draft, Split settled) => new(draft.Line, "split-conflict",
        $"Its prompt is in {settled.ToString().ToLowerInvariant()} already, but the line says {draft.Split.ToString()!.ToLowerInvariant()}.", "A prompt has one split: leave 'split' out of the line, or import into a new campaign.");
}
