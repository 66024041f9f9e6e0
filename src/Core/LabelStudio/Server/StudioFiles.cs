using System.Text.Json;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.LabelStudio.Templates;
using Rlhf.Preferences.Formats;
using Rlhf.Prompts.Reading;
using Rlhf.Web.Contracts;

namespace Rlhf.LabelStudio.Server;

/// <summary>The same road by hand, for a Label Studio that is not to be reached from here: a file of tasks out, its JSON export back in.</summary>
public sealed class StudioFiles(CampaignStore campaigns, ComparisonStore comparisons, RankingStore rankings, OverlapReader overlaps, StudioStore store, AnnotationIntake intake)
{
    private const int NamedErrors = 20;

    /// <summary>The comparisons that are still open, as a JSON array of tasks to import there.</summary>
    public async Task WriteTasksAsync(CampaignId id, Stream output, CancellationToken cancellation = default)
    {
        var campaign = await campaigns.GetAsync(id, cancellation);
        var template = LabelTemplates.Of(campaign.Settings);
        var tasks = new JsonLineWriter(output, isArray: true);
        foreach (var batch in (await comparisons.ListPublishedAsync(id, cancellation)).Where(b => b.Closed is null))
        {
            foreach (var comparison in await ReadOpenAsync(campaign, batch.Batch, cancellation)) await tasks.WriteAsync(TaskWriter.ToTask(id, comparison, template, template?.LeftNumber ?? 1), cancellation);
        }
        await tasks.EndAsync(cancellation);
    }

    /// <summary>Takes the annotations of tasks that <see cref="WriteTasksAsync"/> gave away; a file may come again, with more in it.</summary>
    /// <param name="export">Label Studio's full JSON export.</param>
    public async Task<AnnotationReport> TakeAsync(CampaignId id, Stream export, CancellationToken cancellation = default)
    {
        var campaign = await campaigns.GetAsync(id, cancellation);
        var report = new AnnotationReport(0, 0, 0, 0, 0, 0, []);
        await using var utf8 = await TextFile.OpenUtf8Async(export, "export.json", cancellation);
        // Read once, and only where a task comes that is not known by its row.
        var batches = new Lazy<Task<IReadOnlyDictionary<ComparisonId, BatchId>>>(() => ReadBatchesAsync(id, cancellation));
        var number = 0L;
        await foreach (var piece in JsonSplitter.SplitAsync(utf8, cancellation))
        {
            number++;
            report = report with { Tasks = report.Tasks + 1 };
            try
            {
                using var task = JsonDocument.Parse(piece.Bytes ?? throw new RlhfException("task-too-long", $"The task has {piece.Length} bytes.", $"Keep a task with its annotations to {LineReader.MaximumLine}."));
                report = await TakeAsync(campaign, task.RootElement, report, batches, cancellation);
            }
            catch (Exception e) when (e is JsonException or RlhfException { IsTransient: false })
            {
                report = report with { Unreadable = report.Unreadable + 1, Errors = [.. report.Errors, .. report.Errors.Count < NamedErrors ? [$"Task {number}: {e.Message}"] : (string[])[]] };
            }
        }
        return report;
    }

    private async Task<IEnumerable<Comparison>> ReadOpenAsync(Campaign campaign, BatchId batch, CancellationToken cancellation)
    {
        var published = await comparisons.ReadBatchAsync(campaign.Id, batch, cancellation);
        var progress = BatchProgress.Of((await overlaps.ReadAsync(campaign, cancellation)).Of(published), await rankings.ReadBatchAsync(batch, cancellation));
        var open = progress.Comparisons.Where(c => c.State == ComparisonState.Open).Select(c => c.Comparison).ToHashSet();
        return published.Where(c => open.Contains(c.Id));
    }

    private async Task<AnnotationReport> TakeAsync(
        Campaign campaign, JsonElement task, AnnotationReport report, Lazy<Task<IReadOnlyDictionary<ComparisonId, BatchId>>> batches, CancellationToken cancellation)
    {
        if (await FindAsync(campaign, task, batches, cancellation) is not { } known) return report with { NotOurs = report.NotOurs + 1 };
        var annotations = task.TryGetProperty("annotations", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;
        foreach (var annotation in annotations.Select(AnnotationMessage.Read).OfType<AnnotationMessage>().OrderBy(a => a.UpdatedAt))
        {
            report = await intake.TakeAsync(campaign.Id, known.Comparison, annotation, cancellation, known) switch
            {
                IntakeOutcome.Taken => report with { Taken = report.Taken + 1 },
                IntakeOutcome.Unreadable => report with { Unreadable = report.Unreadable + 1 },
                IntakeOutcome.Late => report with { Late = report.Late + 1 },
                _ => report with { Unchanged = report.Unchanged + 1 },
            };
        }
        return report;
    }

    /// <summary>The task as the file has it; one that is not known here is made known.</summary>
    private async Task<StudioTask?> FindAsync(Campaign campaign, JsonElement json, Lazy<Task<IReadOnlyDictionary<ComparisonId, BatchId>>> batches, CancellationToken cancellation)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("data", out var data) || TaskMeta.Read(data) is not { } meta || meta.Campaign != campaign.Id) return null;
        if (AnnotationMessage.Number(json, "id") is not { } number) return null;
        var known = await store.FindTaskAsync(campaign.Id, meta.Comparison, cancellation);
        if ((known?.Batch ?? (await batches.Value).GetValueOrDefault(meta.Comparison)) is not { Value: not null } batch) return null;
        var order = meta.OrderOf(await comparisons.GetAsync(campaign.Id, batch, meta.Comparison, cancellation))
            ?? throw new RlhfException("invalid-meta", $"Its data's meta has the order [{string.Join(", ", meta.Order)}], which are not the places of the comparison's answers.", "Leave 'meta' in the data as it went out.");
        var task = new StudioTask(meta.Comparison, batch, number, order, meta.Left ?? LabelTemplates.Of(campaign.Settings)?.LeftNumber ?? 1, []);
        if (known is null) await store.AddTasksAsync(campaign.Id, [task], cancellation);
        return task;
    }

    private async Task<IReadOnlyDictionary<ComparisonId, BatchId>> ReadBatchesAsync(CampaignId id, CancellationToken cancellation)
    {
        var batches = new Dictionary<ComparisonId, BatchId>();
        foreach (var batch in await comparisons.ListPublishedAsync(id, cancellation))
            foreach (var comparison in await comparisons.ReadBatchAsync(id, batch.Batch, cancellation)) batches[comparison.Id] = batch.Batch;
        return batches;
    }
}
