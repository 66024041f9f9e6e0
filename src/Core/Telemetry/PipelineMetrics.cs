using System.Diagnostics;
using System.Diagnostics.Metrics;
using Rlhf.Labeling;
using Rlhf.Training;

namespace Rlhf.Telemetry;

/// <summary>What the pipeline counts. Series are by campaign, batch and run, never by annotator.</summary>
internal static class PipelineMetrics
{
    /// <summary>Seconds: a glance, a long read, a break.</summary>
    private static readonly double[] durations = [1, 2, 3, 5, 8, 13, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1_800, 3_600];

    private static readonly Counter<long> rankings = RlhfTelemetry.Meter.CreateCounter<long>(
        PipelineMetricNames.RankingsAccepted, "{ranking}", "Judgements stored for the first time; amendments and repetitions are not counted again.");

    private static readonly Histogram<double> ranking = RlhfTelemetry.Meter.CreateHistogram(
        PipelineMetricNames.RankingDuration, "s", "The annotator's active time on a comparison, or from serving to judgement where the page did not say.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = durations });

    // What was last seen of each batch. A running sum would drift with every crash, and it would begin at zero with every process.
    private static readonly Gauge<int> open = RlhfTelemetry.Meter.CreateGauge<int>(
        PipelineMetricNames.ComparisonsOpen, "{comparison}", "Comparisons of a batch that still need rankings; 0 once it has ended.");

    private static readonly Gauge<int> jobState = RlhfTelemetry.Meter.CreateGauge<int>(
        PipelineMetricNames.JobState, "{run}", "1 for the state a run is in, 0 for the others.");

    public static void RankingAccepted(CampaignId campaign, Ranking accepted, DateTimeOffset servedAt)
    {
        var tags = new TagList
        {
            { Tags.Campaign, campaign.Value },
            { Tags.AnnotatorKind, Name(accepted.AnnotatorKind) },
            { Tags.Outcome, Name(accepted.Outcome) },
        };
        rankings.Add(1, tags);
        var taken = accepted.ActiveTime ?? accepted.SubmittedAt - servedAt;
        if (taken >= TimeSpan.Zero) ranking.Record(taken.TotalSeconds, tags);
    }

    public static void ComparisonsOpen(CampaignId campaign, BatchId batch, int count) =>
        open.Record(count, new(Tags.Campaign, campaign.Value), new(Tags.Batch, batch.Value));

    public static void JobState(Run run)
    {
        if (!jobState.Enabled) return;
        foreach (var state in Enum.GetValues<RunState>())
            jobState.Record(state == run.State ? 1 : 0, new(Tags.Campaign, run.Campaign.Value), new(Tags.Run, run.Id.Value), new(Tags.JobState, Name(state)));
    }

    private static string Name<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
