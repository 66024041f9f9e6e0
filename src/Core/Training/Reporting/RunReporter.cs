using Rlhf.Campaigns;
using Rlhf.Judging;
using Rlhf.Storage;
using Rlhf.Training.FineTuning;

namespace Rlhf.Training.Reporting;

/// <summary>Gathers what a run's report shows, and writes it to <c>runs/&lt;id&gt;/report.html</c>.</summary>
public sealed class RunReporter(CampaignStore campaigns, ProgressReader counts, RunService runs, IBlobStore blobs)
{
    /// <exception cref="RlhfException"><c>run-not-found</c>.</exception>
    public async Task<RunReport> ReadAsync(RunId id, CancellationToken cancellation = default)
    {
        var run = await runs.GetAsync(id, cancellation);
        var campaign = await campaigns.GetAsync(run.Campaign, cancellation);
        var progress = await counts.ReadAsync(run.Campaign, cancellation);
        var evaluation = await blobs.ReadJsonAsync<EvaluationSummary>(RunPaths.Evaluation(id), cancellation);
        return new(campaign.Settings, progress, run, await runs.GetMetricsAsync(id, cancellation), evaluation, await FineTuningRecord.FindAsync(blobs, id, cancellation));
    }

    public static string PathOf(RunId id) => $"runs/{id}/report.html";

    public async Task WriteAsync(RunId id, CancellationToken cancellation = default) =>
        await blobs.WriteTextAsync(PathOf(id), ReportPage.Render(await ReadAsync(id, cancellation)), cancellation: cancellation);
}
