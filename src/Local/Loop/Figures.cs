using Rlhf.Campaigns;
using Rlhf.Judging;
using Rlhf.Labeling;
using Rlhf.Training;

namespace Rlhf.Local.Loop;

/// <summary>What a finished loop amounts to: <c>out/summary.json</c>.</summary>
/// <param name="Answers">Of all comparisons.</param>
/// <param name="Simulated">Rankings by simulated annotators.</param>
/// <param name="Dropped">Prompts and comparisons left out, by whatever reason; <see cref="DroppedWhy"/> has the reasons.</param>
/// <param name="Agreement">Null where each comparison went to one annotator.</param>
/// <param name="RewardAccuracy">On test prompts: against the noise-free rule where that judges, otherwise against the labels.</param>
/// <param name="Judge">A win rate never stands without it.</param>
/// <param name="KlMean">Nats a sequence, test prompts.</param>
/// <param name="Report">Path of report.html.</param>
public sealed record Figures(
    int Prompts, int Answers, int Rankings, int Simulated, int Pairs, int Dropped, double? Agreement, double? RewardAccuracy, string Judge, int TestPrompts,
    double? WinRate, double? WinRateLow, double? WinRateHigh, double? KlMean, double Seconds, string Report,
    CampaignId Campaign, RunId Run, double? RewardAccuracyLabels, int Wins, int Ties, int Losses, IReadOnlyDictionary<string, int> DroppedWhy,
    IReadOnlyDictionary<AnnotatorKind, int> RankingsByKind)
{
    public static Figures Of(CampaignSettings settings, CampaignProgress progress, Run run, double seconds, string report)
    {
        var verdict = run.Verdicts.FirstOrDefault();
        var why = progress.ComparisonsDropped.Concat(progress.Closed).GroupBy(d => d.Key).ToDictionary(g => g.Key, g => g.Sum(d => d.Value));
        return new(
            progress.Prompts.All, progress.Comparisons * settings.Answers, progress.Rankings.Values.Sum(), progress.Rankings.GetValueOrDefault(AnnotatorKind.Simulated),
            progress.Pairs, why.Values.Sum(), progress.Agreement, (run.RuleAccuracy ?? run.LabelAccuracy)?.Share,
            (verdict?.Judge ?? JudgeKind.None).ToString().ToLowerInvariant(), verdict?.Prompts ?? 0,
            verdict?.WinRate, verdict?.Low, verdict?.High, run.Results?.KlMean, Math.Round(seconds, 1), report,
            settings.Id, run.Id, run.LabelAccuracy?.Share, verdict?.Wins ?? 0, verdict?.Ties ?? 0, verdict?.Losses ?? 0, why, progress.Rankings);
    }
}
