using Rlhf.Storage;
using Rlhf.Storage.Azure;

namespace Rlhf.Trainer.Job;

/// <summary>How often reports are written while a job goes on. Its beginning, its checkpoints and its end are written at once all the same.</summary>
/// <param name="Status">Between two writes of the status, which also shows that the job lives.</param>
/// <param name="Curves">Between two appends of points.</param>
/// <param name="MostPoints">Points that are not kept waiting any longer.</param>
internal sealed record ReportPace(TimeSpan Status, TimeSpan Curves, int MostPoints)
{
    /// <summary>Files of this machine: at every beat, so that the page is lively.</summary>
    public static ReportPace Lively { get; } = new(TimeSpan.Zero, TimeSpan.Zero, 1);

    /// <summary>A service that bills each write and takes 50,000 appends a blob: one a second would be through after 14 hours, over all of a run's starts.</summary>
    public static ReportPace Sparing { get; } = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), 2_000);

    public static ReportPace On(IBlobStore blobs) => blobs is AzureBlobStore ? Sparing : Lively;
}
