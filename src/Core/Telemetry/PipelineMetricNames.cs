namespace Rlhf.Telemetry;

/// <summary>Instruments of <see cref="RlhfTelemetry.Meter"/>.</summary>
public static class PipelineMetricNames
{
    public const string RankingsAccepted = "rlhf.rankings.accepted";
    public const string RankingDuration = "rlhf.ranking.duration";
    public const string ComparisonsOpen = "rlhf.comparisons.open";
    public const string JobState = "rlhf.job.state";

    // OpenTelemetry's own, of generative AI.
    public const string Tokens = "gen_ai.client.token.usage";
    public const string Duration = "gen_ai.client.operation.duration";
}
