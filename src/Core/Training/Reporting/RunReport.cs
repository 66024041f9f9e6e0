using Rlhf.Campaigns;

namespace Rlhf.Training.Reporting;

/// <summary>All that a run's report shows; <see cref="ReportPage"/> makes it a page.</summary>
/// <param name="Metrics">The run's curves, in order.</param>
/// <param name="Examples">Test prompts with the answer before and after.</param>
public sealed record RunReport(
    CampaignSettings Settings, CampaignProgress Progress, Run Run, IReadOnlyList<MetricPoint> Metrics, IReadOnlyList<ReportExample> Examples);

/// <param name="Prompt">The last user turn.</param>
public sealed record ReportExample(string Prompt, string Before, string After);
