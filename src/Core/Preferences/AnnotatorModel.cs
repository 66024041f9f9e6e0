namespace Rlhf.Preferences;

/// <summary>What an annotator said of two answers.</summary>
public enum AnswerVote { First, Tie, Second }

/// <summary>How an annotator errs. The same whichever answer stands first, so neither sides nor the order in the file matter.</summary>
/// <param name="Right">Share of votes for the better answer where one is better.</param>
/// <param name="Tie">Share of ties there; the rest, <see cref="Wrong"/>, prefers the worse one.</param>
/// <param name="TieOfTies">Share of ties where the answers are as good as each other; the rest falls on both evenly.</param>
public sealed record AnnotatorErrors(double Right, double Tie, double TieOfTies)
{
    public double Wrong => 1 - Right - Tie;

    /// <summary>The probability of the vote where <paramref name="truth"/> is so.</summary>
    public double Likelihood(AnswerVote truth, AnswerVote vote) => (truth, vote) switch
    {
        (AnswerVote.Tie, AnswerVote.Tie) => TieOfTies,
        (AnswerVote.Tie, _) => (1 - TieOfTies) / 2,
        (_, AnswerVote.Tie) => Tie,
        _ => truth == vote ? Right : Wrong,
    };
}

/// <summary>What <see cref="DawidSkene"/> found: how often answers tie, and each annotator's errors.</summary>
/// <param name="Tie">The share of answer pairs that are as good as each other; of the rest, half are better one way and half the other.</param>
public sealed record AnnotatorModel(double Tie, IReadOnlyDictionary<AnnotatorId, AnnotatorErrors> Annotators)
{
    /// <summary>How probable each truth is after these votes; sums to 1. An annotator whom the model does not know says nothing.</summary>
    public (double First, double Tie, double Second) Posterior(IEnumerable<(AnnotatorId Annotator, AnswerVote Vote)> votes)
    {
        // In logarithms: many votes multiply to less than a double holds.
        var (first, tie, second) = (Math.Log((1 - Tie) / 2), Math.Log(Tie), Math.Log((1 - Tie) / 2));
        foreach (var (annotator, vote) in votes)
        {
            if (!Annotators.TryGetValue(annotator, out var errors)) continue;
            first += Math.Log(errors.Likelihood(AnswerVote.First, vote));
            tie += Math.Log(errors.Likelihood(AnswerVote.Tie, vote));
            second += Math.Log(errors.Likelihood(AnswerVote.Second, vote));
        }
        var most = Math.Max(first, Math.Max(tie, second));
        (first, tie, second) = (Math.Exp(first - most), Math.Exp(tie - most), Math.Exp(second - most));
        var sum = first + tie + second;
        return (first / sum, tie / sum, second / sum);
    }
}
