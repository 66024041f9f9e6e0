using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Preferences;
using Rlhf.Prompts;

namespace Rlhf.Training;

/// <summary><c>runs/&lt;id&gt;/snapshot.json</c>: what a run was trained on, and how that came about. Written once; later rankings reach the next run only.</summary>
/// <param name="Rule">How rankings became pairs, cut-off and exclusions with it.</param>
/// <param name="Files">SHA-256 of each file of the dataset.</param>
/// <param name="RankingsByKind">Rankings that counted.</param>
public sealed record Snapshot(
    RunId Run, DateTimeOffset FrozenAt, PairOptions Rule, SnapshotSummary Summary, IReadOnlyDictionary<string, string> Files,
    IReadOnlyDictionary<AnnotatorKind, int> RankingsByKind, int Ties, int BothBad, int Identical)
{
    /// <summary>How comparisons were chosen: its train pairs are no random draw of the prompts where this orders by disagreement. Null: all were asked alike.</summary>
    public OrderingSettings? Ordering { get; init; }

    /// <summary>Rankings after which the labeling was to be closed.</summary>
    public int? RankingBudget { get; init; }
}

/// <summary>One line of a run's prompt files.</summary>
public sealed record DatasetPrompt(PromptId PromptId, IReadOnlyList<Message> Messages);

/// <summary>Where a run's files lie.</summary>
public static class RunPaths
{
    public static string Root(RunId run) => $"runs/{run}";

    public static string Job(RunId run) => $"runs/{run}/job.json";

    public static string Status(RunId run) => $"runs/{run}/status.json";

    public static string Metrics(RunId run) => Metrics($"runs/{run}", 1);

    /// <param name="root">E.g. <c>runs/demo-run1</c>.</param>
    /// <param name="part">From 1; a further one begins where Azure Storage takes no more appends to the one before.</param>
    public static string Metrics(string root, int part) => part == 1 ? $"{root}/metrics.jsonl" : $"{root}/metrics-{part}.jsonl";

    /// <summary>Which stages the job has done.</summary>
    public static string Progress(RunId run) => $"runs/{run}/checkpoints/job.json";

    /// <summary>What the job wrote to its log, kept by itself: its launcher may have no log to show.</summary>
    public static string Log(RunId run) => $"runs/{run}/log.txt";

    public static string Snapshot(RunId run) => $"runs/{run}/snapshot.json";

    public static string Pairs(RunId run) => $"runs/{run}/dataset/pairs.jsonl";

    public static string SftExamples(RunId run) => $"runs/{run}/dataset/sft.jsonl";

    public static string TestComparisons(RunId run) => $"runs/{run}/dataset/test-comparisons.jsonl";

    public static string Prompts(RunId run, Split split) => $"runs/{run}/dataset/{split.ToString().ToLowerInvariant()}-prompts.jsonl";

    /// <summary>The reward model's scores of the test comparisons, written by the job.</summary>
    public static string TestScores(RunId run) => $"runs/{run}/test-scores.jsonl";

    public static string Answers(RunId run, string contender, int window) => $"runs/{run}/evaluation/{contender}-{window:D4}.jsonl";

    public static string Evaluation(RunId run) => $"runs/{run}/evaluation/summary.json";
}
