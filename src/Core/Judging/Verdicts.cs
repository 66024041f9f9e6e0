using Rlhf.Statistics;

namespace Rlhf.Judging;

/// <summary>Votes on test prompts to a verdict: pure.</summary>
public static class Verdicts
{
    /// <summary>Prompts below which a win rate says nothing.</summary>
    public const int MinimumPrompts = 20;

    public const string NotEnough = "not enough to tell";

    /// <param name="votesByPrompt">Each prompt's votes for the contender: 1 a win, ½ a tie, 0 a loss. A prompt without votes is left out.</param>
    public static Verdict Of(string contender, string baseline, JudgeKind judge, IEnumerable<IReadOnlyList<double>> votesByPrompt, long seed)
    {
        // One number a prompt: however many annotators looked at it, it is one prompt.
        var means = votesByPrompt.Where(v => v.Count > 0).Select(v => v.Average()).ToList();
        var (wins, losses) = (means.Count(m => m > 0.5), means.Count(m => m < 0.5));
        var verdict = new Verdict(contender, baseline, judge, means.Count, wins, means.Count - wins - losses, losses, null, null, null);
        if (means.Count < MinimumPrompts) return verdict with { Note = NotEnough };
        var (low, high) = Bootstrap.Interval([.. means.Select(m => (IReadOnlyList<double>)[m])], seed);
        return verdict with { WinRate = means.Average(), Low = low, High = high };
    }

    /// <summary>Nobody judges: no win rate is given.</summary>
    public static Verdict None(string contender, string baseline, string note) => new(contender, baseline, JudgeKind.None, 0, 0, 0, 0, null, null, null, note);

    /// <summary>A vote from two scores: the higher wins, equal ones tie.</summary>
    public static double Vote(double contender, double baseline) => contender > baseline ? 1 : contender < baseline ? 0 : 0.5;
}
