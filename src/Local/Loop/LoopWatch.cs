using System.Globalization;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Local.Terminal;
using Rlhf.Training;

namespace Rlhf.Local.Loop;

/// <summary>What a campaign and its newest run are at, for the terminal.</summary>
public sealed class LoopWatch(CampaignStore campaigns, CampaignService service, RunService runs)
{
    public async Task<LoopState> ReadAsync(CampaignId id, CancellationToken cancellation)
    {
        var campaign = await campaigns.GetAsync(id, cancellation);
        var progress = await service.GetProgressAsync(id, cancellation);
        var run = (await runs.ListAsync(id, cancellation)).FirstOrDefault();
        var status = run is null ? null : await runs.GetStatusAsync(run.Id, cancellation);
        return new(campaign, progress, run, status);
    }
}

/// <param name="Run">The newest; null before the first.</param>
/// <param name="Status">What its job last said.</param>
public sealed record LoopState(Campaign Campaign, CampaignProgress Progress, Run? Run, RunStatus? Status)
{
    /// <summary>Steps that have begun.</summary>
    public IReadOnlyList<LoopProgress> Steps => [.. Labels(), .. Training()];

    private IEnumerable<LoopProgress> Labels()
    {
        var prompts = Progress.Prompts.All;
        if (prompts == 0) yield break;
        yield return new(LoopStep.Answers, (double)Progress.PromptsGenerated / prompts, $"{Progress.PromptsGenerated}/{prompts}", Invariant($"{Progress.AnswerTokens:N0} tokens"));
        if (Progress.Comparisons == 0) yield break;
        // Comparisons to come are counted from the prompts that have no answers yet, so that the bar does not run backwards.
        var expected = Progress.Comparisons + Math.Max(0, prompts - Progress.PromptsGenerated);
        var done = Progress.Complete + Progress.Closed.Values.Sum();
        yield return new(LoopStep.Rankings, (double)done / expected, $"{done}/{expected}", RankingMetric());
    }

    private string RankingMetric()
    {
        var kinds = Progress.Rankings.Where(r => r.Value > 0).Select(r => $"{r.Value} {(r.Key == AnnotatorKind.Person ? "by people" : r.Key.ToString().ToLowerInvariant())}");
        return string.Join(", ", kinds) + (Progress.Agreement is { } agreement ? Invariant($", agreement {agreement * 100:0}%") : "");
    }

    private IEnumerable<LoopProgress> Training()
    {
        if (Run is null) yield break;
        if (Status is null)
        {
            if (!Run.HasEnded) yield return new(LoopStep.Trainer, 0, "", "starting (the first time it is downloaded and built)");
            yield break;
        }
        if (StepOf(Status.Stage) is { } step and not LoopStep.Trainer)
        {
            yield return new(LoopStep.Trainer, 1, "", "built and running");
            // Stages that are over left no word of it: the status only tells of the current one.
            for (var earlier = LoopStep.Reward; earlier < step; earlier++) yield return LoopProgress.Done(earlier);
            var fraction = Status.State == RunState.Succeeded ? 1 : Status.Steps == 0 ? 0 : (double)Status.Step / Status.Steps;
            // Export has no steps of its own; the last stage's would stand there.
            var isCounted = Status.Steps > 0 && step != LoopStep.Export;
            yield return new(step, fraction, isCounted ? $"{Status.Step}/{Status.Steps}" : "", isCounted ? Status.Headline ?? "" : "");
        }
        if (Status.State == RunState.Succeeded)
            yield return new(LoopStep.Judging, Run.HasEnded ? 1 : 0, $"{Run.Verdicts.FirstOrDefault()?.Prompts ?? 0}", VerdictMetric());
    }

    private string VerdictMetric() => Run!.Verdicts.FirstOrDefault() is { WinRate: { } rate } verdict
        ? Invariant($"win rate {rate * 100:0.0}% (judge {verdict.Judge.ToString().ToLowerInvariant()}, n = {verdict.Prompts})")
        : "";

    private static LoopStep? StepOf(TrainingStage? stage) => stage switch
    {
        TrainingStage.Reward => LoopStep.Reward,
        TrainingStage.Ppo => LoopStep.Ppo,
        TrainingStage.Export => LoopStep.Export,
        _ => LoopStep.Trainer,
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
