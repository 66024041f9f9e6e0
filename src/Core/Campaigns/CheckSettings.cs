namespace Rlhf.Campaigns;

/// <summary>What annotators are held against. Nothing that is served tells a check from any other task, but for the practice before the first one.</summary>
/// <param name="GoldShare">0..1 of an annotator's tasks are gold comparisons, while there are some that this one has not had.</param>
/// <param name="RepeatShare">0..1 of an annotator's tasks repeat an earlier one of the same annotator, sides swapped.</param>
/// <param name="PracticeItems">Practice comparisons, with feedback, that a person judges before the first real task; 0 is none, and there are never more than the owner has made.</param>
/// <param name="NeededAccuracy">0..1 of them that have to be right.</param>
public sealed record CheckSettings(double GoldShare = 0.05, double RepeatShare = 0.02, int PracticeItems = 0, double NeededAccuracy = 0.7)
{
    /// <summary>0..1: an annotator who is right on less of the gold, or differs from an own earlier judgement more often, is named to the owner.</summary>
    public double ConcernBelow { get; init; } = 0.7;

    /// <summary>Nobody is held against anything.</summary>
    public static CheckSettings None { get; } = new(0, 0);
}
