using System.Globalization;
using System.Text;
using Rlhf.Judging;
using Rlhf.Labeling;
using Rlhf.Training.FineTuning;

namespace Rlhf.Training.Reporting;

/// <summary>A run's report as one HTML file that needs nothing else: figures, curves, examples.</summary>
public static class ReportPage
{
    public static string Render(RunReport report)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">");
        page.Append(CultureInfo.InvariantCulture, $"<title>{Html.Text(report.Run.Id.Value)}: report</title><style>{Style}</style></head><body><main>");
        page.Append(CultureInfo.InvariantCulture, $"<h1>{Html.Text(report.Settings.Title)}</h1><p class=\"dim\">Run {Html.Text(report.Run.Id.Value)}, round {report.Run.Round}, {report.Run.CreatedAt:yyyy-MM-dd HH:mm} UTC</p>");
        if (report.Run.Error is { } error)
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"error\">{Html.Text(error.Message)} {Html.Text(error.Remedy)}</p>");
        WriteVerdicts(page, report.Run);
        WriteFigures(page, "Labels", LabelFigures(report));
        if (report.FineTuning is { } tuning) WriteFigures(page, "Fine-tuning at Azure OpenAI", FineTuningFigures(tuning));
        WriteFigures(page, "Reward model", RewardFigures(report));
        WriteFigures(page, "Policy", PolicyFigures(report));
        WriteExamples(page, [.. report.Examples]);
        WriteCurves(page, report.Metrics);
        return page.Append("</main></body></html>\n").ToString();
    }

    private static void WriteVerdicts(StringBuilder page, Run run)
    {
        page.Append("<h2>Judged on test prompts</h2>");
        if (run.Verdicts.Count == 0)
        {
            page.Append("<p>No judge: there is no win rate.</p>");
            return;
        }
        page.Append("<table><tr><th>contender</th><th>against</th><th>judge</th><th>prompts</th><th>wins / ties / losses</th><th>win rate (95% interval)</th></tr>");
        foreach (var verdict in run.Verdicts)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Html.Text(verdict.Contender)}</td><td>{Html.Text(verdict.Baseline)}</td><td>{JudgeName(verdict.Judge)}</td><td>{verdict.Prompts}</td>");
            page.Append(CultureInfo.InvariantCulture, $"<td>{verdict.Wins} / {verdict.Ties} / {verdict.Losses}</td><td>{RateOf(verdict)}</td></tr>");
        }
        page.Append("</table>");
        if (run.Verdicts.Any(v => v.Judge == JudgeKind.Rule))
            page.Append("<p class=\"dim\">The judge is the rule that the simulated annotators follow, without their noise: no person judged this.</p>");
    }

    private static string RateOf(Verdict verdict) => verdict is { WinRate: { } rate, Low: { } low, High: { } high }
        ? string.Create(CultureInfo.InvariantCulture, $"{Percent(rate)} ({Percent(low)} to {Percent(high)})")
        : Html.Text(verdict.Note ?? "not enough to tell");

    private static string JudgeName(JudgeKind judge) => judge.ToString().ToLowerInvariant();

    private static void WriteFigures(StringBuilder page, string title, IEnumerable<(string Name, string Value)> figures)
    {
        var list = figures.ToList();
        if (list.Count == 0) return;
        page.Append(CultureInfo.InvariantCulture, $"<h2>{title}</h2><dl>");
        foreach (var (name, value) in list) page.Append(CultureInfo.InvariantCulture, $"<dt>{Html.Text(name)}</dt><dd>{Html.Text(value)}</dd>");
        page.Append("</dl>");
    }

    private static IEnumerable<(string, string)> LabelFigures(RunReport report)
    {
        var progress = report.Progress;
        yield return ("Prompts", $"{progress.Prompts.All} ({progress.Prompts.Train} train, {progress.Prompts.Validation} validation, {progress.Prompts.Test} test)");
        yield return ("Comparisons", $"{progress.Comparisons}, {report.Settings.Answers} answers each");
        foreach (var kind in Enum.GetValues<AnnotatorKind>())
        {
            if (progress.Rankings.TryGetValue(kind, out var count) && count > 0) yield return ($"Rankings ({kind.ToString().ToLowerInvariant()})", $"{count}");
        }
        yield return ("Ties, both bad, skipped", $"{progress.Ties}, {progress.BothBad}, {progress.Skips}");
        yield return ("Agreement", progress.Agreement is { } agreement ? $"{Percent(agreement)} raw{(progress.Alpha is { } alpha ? Invariant($", alpha {alpha:0.00}") : "")}" : "not known: each comparison went to one annotator");
        if (report.Run.Snapshot is { } snapshot)
            yield return ("Preference pairs", $"{snapshot.TrainPairs} train, {snapshot.ValidationPairs} validation, {snapshot.TestPairs} test");
        foreach (var (reason, count) in progress.ComparisonsDropped.Concat(progress.Closed)) yield return ($"Dropped: {reason}", $"{count}");
    }

    private static IEnumerable<(string, string)> FineTuningFigures(FineTuningRecord tuning)
    {
        yield return ("Method", Invariant($"direct preference optimization, β {tuning.Beta}, {tuning.Epochs} epochs, {tuning.Train.Pairs} train and {tuning.Validation?.Pairs ?? 0} validation pairs"));
        yield return ("Model", tuning.TunedModel is { } tuned ? $"{tuning.Model} became {tuned}" : tuning.Model ?? "not looked up yet");
        if (tuning.TunedDeployment is { } deployment) yield return ("Deployment", deployment);
        yield return ("Tokens", Invariant($"{tuning.TrainedTokens?.ToString("N0", CultureInfo.InvariantCulture) ?? "not known how many"} charged, {tuning.EstimatedTokens:N0} estimated before"));
    }

    private static IEnumerable<(string, string)> RewardFigures(RunReport report)
    {
        var run = report.Run;
        if (report.FineTuning is not null) yield return ("Accuracy and KL", FineTuningRecord.NoRewardModel);
        if (run.RuleAccuracy is { } rule) yield return ("Accuracy on test prompts, against the noise-free rule", Show(rule));
        if (run.LabelAccuracy is { } labels) yield return ("Accuracy on test prompts, against the annotators' labels", Show(labels));
        if (run.Results?.RewardAccuracyValidation is { } validation) yield return ("Accuracy on validation prompts", Percent(validation));
        if (run.Results?.RewardAccuracyTrain is { } train) yield return ("Accuracy on train prompts", Percent(train));
    }

    private static string Show(AccuracyFigure figure) =>
        $"{Percent(figure.Share)} ({Percent(figure.Low)} to {Percent(figure.High)}, {figure.Count} comparisons{(figure.LeftOut > 0 ? $", {figure.LeftOut} undecided left out" : "")})";

    private static IEnumerable<(string, string)> PolicyFigures(RunReport report)
    {
        foreach (var contender in report.Evaluation?.Contenders ?? [])
            yield return ($"Answers of {contender.Name}", $"{contender.Distinct} of {contender.Answers} distinct, {Percent(contender.FinishedShare)} ended by themselves, {contender.MeanTokens.ToString("0.0", CultureInfo.InvariantCulture)} tokens on average{(contender.MeanScore is { } score ? Invariant($", {score:0.00} points by the rule") : "")}");
        if (report.Run.Results is not { } results) yield break;
        if (results.KlMean is { } kl) yield return ("KL to the base", Invariant($"{kl:0.00} nats a sequence, test prompts"));
        if (results is { MeanRewardBefore: { } before, MeanRewardAfter: { } after }) yield return ("Normalised reward", Invariant($"{before:0.00} before, {after:0.00} after"));
        yield return ("Training took", Invariant($"{results.Seconds:0} s"));
    }

    private static void WriteCurves(StringBuilder page, IReadOnlyList<MetricPoint> metrics)
    {
        if (metrics.Count == 0) return;
        page.Append("<h2>Curves</h2><div class=\"curves\">");
        foreach (var stage in metrics.GroupBy(m => m.Stage))
        {
            foreach (var name in stage.SelectMany(m => m.Values.Keys).Distinct())
            {
                var points = stage.Where(m => m.Values.TryGetValue(name, out var value) && double.IsFinite(value)).Select(m => (m.Step, m.Values[name])).ToList();
                page.Append(Curve.Draw($"{stage.Key.ToString().ToLowerInvariant()}: {name}", [(name, points)]));
            }
        }
        page.Append("</div>");
    }

    private static void WriteExamples(StringBuilder page, IReadOnlyList<ReportExample> examples)
    {
        if (examples.Count == 0) return;
        page.Append("<h2>Before and after</h2><table class=\"examples\"><tr><th>prompt (test)</th><th>base</th><th>tuned</th></tr>");
        foreach (var example in examples)
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Html.Text(example.Prompt)}</td><td>{Html.Text(example.Before)}</td><td>{Html.Text(example.After)}</td></tr>");
        page.Append("</table>");
    }

    private static string Percent(double share) => Invariant($"{share * 100:0.0}%");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private const string Style = """
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
        main { max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
        h1 { margin-bottom: 0 } h2 { margin-top: 2rem }
        .dim, figcaption, dt { opacity: .75 } .error { color: #dc2626 }
        table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid #8884; vertical-align: top }
        dl { display: grid; grid-template-columns: minmax(12rem, auto) 1fr; gap: .2rem 1rem } dd { margin: 0 }
        .curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1rem } figure { margin: 0 }
        svg { width: 100%; height: auto } svg text { font-size: 11px; fill: currentColor; opacity: .75 } .grid { stroke: currentColor; opacity: .15 }
        .examples td { white-space: pre-wrap; overflow-wrap: anywhere; width: 33% } .legend { margin: 0; font-size: .85rem }
        """;
}
