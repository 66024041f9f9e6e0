using Rlhf.Campaigns;
using Rlhf.Judging;
using Rlhf.Prompts;
using Rlhf.Training.FineTuning;

namespace Rlhf.Training.Reporting;

/// <summary>All that a run's report shows; <see cref="ReportPage"/> makes it a page.</summary>
/// <param name="Metrics">The run's curves, in order.</param>
/// <param name="Evaluation">What the contenders answered to test prompts; null before that.</param>
/// <param name="FineTuning">Where its provider tunes the policy.</param>
public sealed record RunReport(
    CampaignSettings Settings, CampaignProgress Progress, Run Run, IReadOnlyList<MetricPoint> Metrics, EvaluationSummary? Evaluation,
    FineTuningRecord? FineTuning = null)
{
    /// <summary>Test prompts before and after, in an order that nobody chose.</summary>
    public IEnumerable<ReportExample> Examples => (Evaluation?.Examples ?? []).Select(e => new ReportExample(LastTurn(e.Messages), e.Base, e.Tuned));

    private static string LastTurn(IReadOnlyList<Message> messages) => messages.LastOrDefault(m => m.Role == MessageRole.User)?.Content ?? "";
}

/// <param name="Prompt">The last user turn.</param>
public sealed record ReportExample(string Prompt, string Before, string After);
