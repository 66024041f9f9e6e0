using System.Globalization;
using Rlhf.Labeling;
using Rlhf.Training;
using Rlhf.Training.Reporting;

namespace Rlhf.Local.Loop;

/// <summary>The summary as lines for a terminal.</summary>
public static class SummaryText
{
    private const int ShownExamples = 4;

    public static IEnumerable<string> Lines(Figures figures, RunReport report)
    {
        var progress = report.Progress;
        yield return "";
        yield return $"Summary of {figures.Campaign} ({figures.Run}, {figures.Seconds:0} s)";
        yield return Line("prompts", $"{figures.Prompts} ({progress.Prompts.Train} train, {progress.Prompts.Validation} validation, {progress.Prompts.Test} test)");
        yield return Line("answers", $"{figures.Answers}");
        yield return Line("rankings", $"{figures.Rankings}: {Kinds(figures)}; {progress.Ties} ties, {progress.BothBad} both bad, {progress.Skips} skipped");
        yield return Line("agreement", figures.Agreement is { } agreement ? $"{Percent(agreement)} raw" : "not known: each comparison went to one annotator");
        yield return Line("pairs", $"{figures.Pairs}{(report.Run.Snapshot is { } s ? $" ({s.TrainPairs} train, {s.ValidationPairs} validation, {s.TestPairs} test)" : "")}");
        yield return Line("dropped", figures.Dropped == 0 ? "0" : $"{figures.Dropped}: {string.Join(", ", figures.DroppedWhy.Select(d => $"{d.Value} {d.Key}"))}");
        foreach (var line in RewardLines(report.Run)) yield return line;
        foreach (var line in VerdictLines(report.Run)) yield return line;
        if (figures.KlMean is { } kl) yield return Line("KL", Invariant($"{kl:0.00} nats a sequence from the base, on test prompts"));
        foreach (var line in ExampleLines([.. report.Examples])) yield return line;
        yield return "";
        yield return $"Report: {figures.Report}";
    }

    private static IEnumerable<string> RewardLines(Run run)
    {
        if (run.RuleAccuracy is { } rule) yield return Line("reward model", $"{Show(rule)} right on test prompts, against the noise-free rule");
        if (run.LabelAccuracy is { } labels) yield return Line(run.RuleAccuracy is null ? "reward model" : "", $"{Show(labels)} right on test prompts, against the annotators' noisy labels");
    }

    private static IEnumerable<string> VerdictLines(Run run)
    {
        if (run.Verdicts.Count == 0) yield return Line("win rate", "none: nobody judged");
        foreach (var v in run.Verdicts)
        {
            var rate = v is { WinRate: { } win, Low: { } low, High: { } high }
                ? $"{Percent(win)} (95% interval {Percent(low)} to {Percent(high)})"
                : v.Note ?? "not enough to tell";
            yield return Line("win rate", $"{v.Contender} against {v.Baseline}: {rate}, judge {v.Judge.ToString().ToLowerInvariant()}, n = {v.Prompts} test prompts: {v.Wins} wins, {v.Ties} ties, {v.Losses} losses");
        }
    }

    private static IEnumerable<string> ExampleLines(IReadOnlyList<ReportExample> examples)
    {
        if (examples.Count > 0) yield return "";
        foreach (var example in examples.Take(ShownExamples))
        {
            yield return $"  prompt  {OneLine(example.Prompt)}";
            yield return $"  base    {OneLine(example.Before)}";
            yield return $"  tuned   {OneLine(example.After)}";
            yield return "";
        }
    }

    private static string Kinds(Figures figures) =>
        string.Join(", ", figures.RankingsByKind.Where(k => k.Value > 0).Select(k => $"{k.Value} {Name(k.Key)}"));

    private static string Name(AnnotatorKind kind) => kind == AnnotatorKind.Person ? "by people" : kind.ToString().ToLowerInvariant();

    private static string Show(AccuracyFigure figure) => $"{Percent(figure.Share)} ({Percent(figure.Low)} to {Percent(figure.High)}, n = {figure.Count})";

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Line(string name, string value) => $"  {name,-13} {value}";

    private static string Percent(double share) => Invariant($"{share * 100:0.0}%");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
