using System.Text.Json.Serialization;
using Rlhf.Judging;
using Rlhf.Training.Launching;

namespace Rlhf.Training;

/// <summary>A run's row: one training on one frozen snapshot.</summary>
/// <param name="Trigger">What asked for it, e.g. <c>round-1</c> or <c>owner</c>; a round starts one run by itself.</param>
/// <param name="CutOff">Rankings that came later are not in its snapshot.</param>
/// <param name="Restarts">How often its job was started again, at <paramref name="RestartedAt"/>, after it vanished.</param>
/// <param name="RestartedAt">The job's progress (0..1) at its last restart.</param>
/// <param name="Error">What failed and what to do, in <see cref="RunState.Failed"/>.</param>
/// <param name="Results">The job's final figures.</param>
/// <param name="RuleAccuracy">Share of test comparisons where the reward model agrees with the noise-free rule; only where the judge is <c>rule</c>.</param>
/// <param name="TestBatch">The batch in which people judge it, where the judge is <c>people</c>.</param>
public sealed record Run(
    RunId Id, CampaignId Campaign, int Round, string Trigger, RunState State, DateTimeOffset CreatedAt, DateTimeOffset CutOff,
    DateTimeOffset? EndedAt = null, string? Execution = null, int Restarts = 0, double RestartedAt = 0, SnapshotSummary? Snapshot = null,
    RunError? Error = null, RunResults? Results = null, AccuracyFigure? LabelAccuracy = null, AccuracyFigure? RuleAccuracy = null, BatchId? TestBatch = null)
{
    /// <summary>When its job's execution was started.</summary>
    public DateTimeOffset? JobStartedAt { get; init; }

    /// <summary>When that execution was told to stop because it was stuck; null where it was not.</summary>
    public DateTimeOffset? JobStoppedAt { get; init; }

    /// <summary>How often its job was started again in all; <see cref="Restarts"/> begins anew when the job gets further.</summary>
    public int RestartsInAll { get; init; }

    /// <summary>What keeps it from getting on now and is tried again by itself; null where nothing does.</summary>
    public JobTrouble? Trouble { get; init; }

    /// <summary>Contenders against baselines; empty until judged.</summary>
    public IReadOnlyList<Verdict> Verdicts { get; init; } = [];

    /// <summary>Whether it came to a tuned policy, which answers in the next round.</summary>
    [JsonIgnore]
    public bool IsTuned => State == RunState.Succeeded && Results?.Model is not null;

    public bool HasEnded => State is RunState.Succeeded or RunState.Failed or RunState.Cancelled;
}

/// <summary>Share of <paramref name="Count"/> judged right, with its 95% bootstrap interval over prompts; undecided ones are left out and counted.</summary>
public sealed record AccuracyFigure(double Share, double Low, double High, int Count, int LeftOut = 0);

/// <summary>What a run was trained on, in figures; the whole of it is <c>runs/&lt;id&gt;/snapshot.json</c>.</summary>
/// <param name="Hash">SHA-256 over the dataset's files.</param>
public sealed record SnapshotSummary(string Hash, int TrainPairs, int ValidationPairs, int TestPairs, int TestPrompts);
