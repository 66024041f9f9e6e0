namespace Rlhf.Judging;

/// <summary>Who decides between two models on test prompts. A win rate never stands without it.</summary>
public enum JudgeKind
{
    /// <summary>No win rate is given, and the report says so.</summary>
    None,

    /// <summary>Blind, through the form.</summary>
    People,

    /// <summary>The noise-free rule behind simulated annotators; simulation only.</summary>
    Rule,
}
