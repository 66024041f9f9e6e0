namespace Rlhf.Judging;

/// <summary>How a contender did against its baseline on test prompts.</summary>
/// <param name="WinRate">(wins + ½ ties) / n, or null where there is no judge or too few to tell.</param>
/// <param name="Low">Lower end of the 95% bootstrap interval over prompts.</param>
/// <param name="Note">E.g. <c>not enough to tell</c>.</param>
public sealed record Verdict(
    string Contender, string Baseline, JudgeKind Judge, int Prompts, int Wins, int Ties, int Losses, double? WinRate, double? Low, double? High, string? Note = null);
