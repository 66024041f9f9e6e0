namespace Rlhf.Preferences;

/// <summary>Dawid and Skene 1979, "Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm": the truth of each item and each annotator's errors, estimated from each other until they agree.</summary>
/// <remarks>
/// <para>Items are two answers of one comparison; the truth is first better, tie, or second better. E (2.5): p(truth | votes) ∝ p(truth) Π_annotators p(vote | truth). M (2.3, 2.4): shares of votes by truth, each
/// item counted as its truths are probable.</para>
/// <para>Departures: the two "better" truths share their parameters, turned round, so that it makes no difference which answer is called first. Every share begins with a few imagined votes
/// (<see cref="Imagined"/>): somebody with hardly any votes is taken for a fair annotator, and no share is 0.</para>
/// </remarks>
public static class DawidSkene
{
    private const int Rounds = 200;
    private const double Close = 1e-7;

    /// <summary>Imagined votes an annotator begins with: right, tie and wrong where one is better; tie and not where none is.</summary>
    private static readonly (double Right, double Tie, double Wrong, double TieOfTies, double Preference) Imagined = (4, 0.5, 0.5, 2, 1);

    /// <param name="items">The votes on each two answers, one an annotator at most.</param>
    public static AnnotatorModel Estimate(IReadOnlyList<IReadOnlyList<(AnnotatorId Annotator, AnswerVote Vote)>> items)
    {
        var truths = items.Select(Majority).ToArray();
        var model = Maximise(items, truths);
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < truths.Length; i++) truths[i] = model.Posterior(items[i]);
            var next = Maximise(items, truths);
            var change = Change(model, next);
            model = next;
            if (change < Close) break;
        }
        return model;
    }

    private static (double First, double Tie, double Second) Majority(IReadOnlyList<(AnnotatorId Annotator, AnswerVote Vote)> votes) => (
        (double)votes.Count(v => v.Vote == AnswerVote.First) / votes.Count,
        (double)votes.Count(v => v.Vote == AnswerVote.Tie) / votes.Count,
        (double)votes.Count(v => v.Vote == AnswerVote.Second) / votes.Count);

    private static AnnotatorModel Maximise(IReadOnlyList<IReadOnlyList<(AnnotatorId Annotator, AnswerVote Vote)>> items, (double First, double Tie, double Second)[] truths)
    {
        var tallies = new Dictionary<AnnotatorId, Tally>();
        for (var i = 0; i < items.Count; i++)
        {
            foreach (var (annotator, vote) in items[i])
            {
                if (!tallies.TryGetValue(annotator, out var tally)) tallies[annotator] = tally = new();
                tally.Add(truths[i], vote);
            }
        }
        // One imagined item of each truth.
        var tie = (1 + truths.Sum(t => t.Tie)) / (3 + truths.Length);
        return new(tie, tallies.ToDictionary(t => t.Key, t => t.Value.Errors));
    }

    private static double Change(AnnotatorModel before, AnnotatorModel after) => after.Annotators
        .Select(a => (Was: before.Annotators[a.Key], Is: a.Value))
        .SelectMany(e => new[] { e.Is.Right - e.Was.Right, e.Is.Tie - e.Was.Tie, e.Is.TieOfTies - e.Was.TieOfTies })
        .Append(after.Tie - before.Tie).Max(Math.Abs);

    /// <summary>An annotator's votes, each counted towards the truths as they are probable.</summary>
    private sealed class Tally
    {
        private double right = Imagined.Right;
        private double tie = Imagined.Tie;
        private double wrong = Imagined.Wrong;
        private double tieOfTies = Imagined.TieOfTies;
        private double preference = Imagined.Preference;

        public AnnotatorErrors Errors => new(right / (right + tie + wrong), tie / (right + tie + wrong), tieOfTies / (tieOfTies + preference));

        public void Add((double First, double Tie, double Second) truth, AnswerVote vote)
        {
            if (vote == AnswerVote.Tie)
            {
                tie += truth.First + truth.Second;
                tieOfTies += truth.Tie;
                return;
            }
            right += vote == AnswerVote.First ? truth.First : truth.Second;
            wrong += vote == AnswerVote.First ? truth.Second : truth.First;
            preference += truth.Tie;
        }
    }
}
