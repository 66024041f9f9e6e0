using System.Globalization;
using Rlhf.Storage;

namespace Rlhf.LabelStudio.Server;

/// <summary>The rows of table <c>labelstudio</c>: what of a campaign is on a Label Studio server, and what was taken from there.</summary>
public sealed class StudioStore(ITableStore tables)
{
    private const string Table = "labelstudio";

    // A task is two rows.
    private const int TasksPerTransaction = 50;

    public async Task<StudioPush?> FindPushAsync(CampaignId campaign, BatchId batch, CancellationToken cancellation) =>
        (await tables.FindAsync(Table, campaign.Value, PushRow(batch), cancellation))?.ReadBody<StudioPush>();

    public Task SavePushAsync(CampaignId campaign, StudioPush push, CancellationToken cancellation) =>
        tables.UpsertAsync(Table, campaign.Value, PushRow(push.Batch), push, cancellation);

    /// <summary>Remembers tasks; those that are known keep what was taken from them.</summary>
    public async Task AddTasksAsync(CampaignId campaign, IEnumerable<StudioTask> tasks, CancellationToken cancellation)
    {
        foreach (var chunk in tasks.Chunk(TasksPerTransaction))
        {
            if (await tables.WriteAsync(Table, campaign.Value, [.. chunk.SelectMany(Inserts)], cancellation) is not null) continue;
            foreach (var task in chunk)
                foreach (var insert in Inserts(task)) await tables.WriteAsync(Table, campaign.Value, [insert], cancellation);
        }
    }

    public async Task<StudioTask?> FindTaskAsync(CampaignId campaign, ComparisonId comparison, CancellationToken cancellation) =>
        (await tables.FindAsync(Table, campaign.Value, TaskRow(comparison), cancellation))?.ReadBody<StudioTask>();

    public async Task<ComparisonId?> FindByTaskAsync(CampaignId campaign, long task, CancellationToken cancellation) =>
        (await tables.FindAsync(Table, campaign.Value, NumberRow(task), cancellation))?.ReadBody<StudioReference>().Comparison;

    /// <summary>Changes a task's row under its ETag.</summary>
    /// <param name="change">Pure; null leaves the row as it is.</param>
    /// <returns>The row as it stands; null where there is none.</returns>
    public async Task<StudioTask?> ChangeTaskAsync(CampaignId campaign, ComparisonId comparison, Func<StudioTask, StudioTask?> change, CancellationToken cancellation)
    {
        while (true)
        {
            if (await tables.FindAsync(Table, campaign.Value, TaskRow(comparison), cancellation) is not { } row) return null;
            var before = row.ReadBody<StudioTask>();
            if (change(before) is not { } after) return before;
            if (await tables.TryReplaceAsync(Table, campaign.Value, TaskRow(comparison), after, row.ETag, cancellation) is not null) return after;
        }
    }

    /// <summary>Remembers which comparison an annotation is about.</summary>
    /// <returns>False where it has been deleted.</returns>
    public async Task<bool> NoteAnnotationAsync(CampaignId campaign, long annotation, ComparisonId comparison, CancellationToken cancellation) =>
        await tables.TryInsertAsync(Table, campaign.Value, AnnotationRow(annotation), new StudioReference(comparison), cancellation) is not null
        || (await tables.FindAsync(Table, campaign.Value, AnnotationRow(annotation), cancellation))?.ReadBody<StudioReference>().IsDeleted != true;

    /// <summary>Remembers that an annotation has been deleted, whether it is known or not.</summary>
    /// <returns>Which comparison it was about; null where that is not known.</returns>
    public async Task<ComparisonId?> NoteDeletedAsync(CampaignId campaign, long annotation, CancellationToken cancellation)
    {
        while (true)
        {
            if (await tables.TryInsertAsync(Table, campaign.Value, AnnotationRow(annotation), new StudioReference(IsDeleted: true), cancellation) is not null) return null;
            if (await tables.FindAsync(Table, campaign.Value, AnnotationRow(annotation), cancellation) is not { } row) continue;
            var known = row.ReadBody<StudioReference>();
            if (known.IsDeleted || await tables.TryReplaceAsync(Table, campaign.Value, AnnotationRow(annotation), known with { IsDeleted = true }, row.ETag, cancellation) is not null) return known.Comparison;
        }
    }

    private static IEnumerable<TableOperation> Inserts(StudioTask task) =>
    [
        new(TableOperationKind.Insert, TaskRow(task.Comparison), StorageExtensions.ToBody(task)),
        new(TableOperationKind.Insert, NumberRow(task.Task), StorageExtensions.ToBody(new StudioReference(task.Comparison))),
    ];

    private static string TaskRow(ComparisonId comparison) => $"task~{comparison}";

    private static string PushRow(BatchId batch) => $"push~{batch}";

    private static string NumberRow(long task) => string.Create(CultureInfo.InvariantCulture, $"number~{task}");

    private static string AnnotationRow(long annotation) => string.Create(CultureInfo.InvariantCulture, $"annotation~{annotation}");
}
