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
    public static AnnotatorModel Estimate(IEnumerable<IReadOnlyList<(AnnotatorId Annotator, AnswerVote Vote)>> items) => Estimate(new VoteTable(items));

    /// <summary>E and M together, item by item: nothing is kept of an item but its votes.</summary>
    public static AnnotatorModel Estimate(VoteTable votes)
    {
        var (tie, errors) = Maximise(votes, static item => Shares(item));
        for (var round = 0; round < Rounds; round++)
        {
            var before = (Tie: tie, Errors: errors);
            var logs = Logs.Of(tie, errors);
            (tie, errors) = Maximise(votes, logs.Posterior);
            if (Change(before, (tie, errors)) < Close) break;
        }
        return new(tie, votes.Annotators.Select((annotator, i) => (annotator, errors[i])).ToDictionary(e => e.annotator, e => e.Item2));
    }

    private delegate (double First, double Tie, double Second) Truth(VoteTable.VotesOn item);

    private static (double First, double Tie, double Second) Shares(VoteTable.VotesOn item)
    {
        var (first, tie) = (0, 0);
        for (var i = 0; i < item.Count; i++)
        {
            if (item[i].Vote == AnswerVote.First) first++;
            else if (item[i].Vote == AnswerVote.Tie) tie++;
        }
        return ((double)first / item.Count, (double)tie / item.Count, (double)(item.Count - first - tie) / item.Count);
    }

    private static (double Tie, AnnotatorErrors[] Errors) Maximise(VoteTable votes, Truth truthOf)
    {
        var tallies = votes.Annotators.Select(_ => new Tally()).ToArray();
        var ties = 0.0;
        for (var item = 0; item < votes.Count; item++)
        {
            var said = votes[item];
            var truth = truthOf(said);
            ties += truth.Tie;
            for (var i = 0; i < said.Count; i++) tallies[said[i].Annotator].Add(truth, said[i].Vote);
        }
        // One imagined item of each truth.
        return ((1 + ties) / (3 + votes.Count), [.. tallies.Select(t => t.Errors)]);
    }

    private static double Change((double Tie, AnnotatorErrors[] Errors) before, (double Tie, AnnotatorErrors[] Errors) after) => before.Errors.Zip(after.Errors)
        .SelectMany(e => new[] { e.Second.Right - e.First.Right, e.Second.Tie - e.First.Tie, e.Second.TieOfTies - e.First.TieOfTies })
        .Append(after.Tie - before.Tie).Max(Math.Abs);

    /// <summary>Logarithms of what votes are worth, made once a round: as <see cref="AnnotatorModel.Posterior"/>, by annotators' numbers.</summary>
    private sealed record Logs(double Better, double Tie, (double First, double Tie, double Second)[,] Votes)
    {
        public static Logs Of(double tie, AnnotatorErrors[] errors)
        {
            var votes = new (double, double, double)[errors.Length, 3];
            for (var i = 0; i < errors.Length; i++)
                foreach (var vote in Enum.GetValues<AnswerVote>())
                    votes[i, (int)vote] = (Math.Log(errors[i].Likelihood(AnswerVote.First, vote)), Math.Log(errors[i].Likelihood(AnswerVote.Tie, vote)), Math.Log(errors[i].Likelihood(AnswerVote.Second, vote)));
            return new(Math.Log((1 - tie) / 2), Math.Log(tie), votes);
        }

        public (double First, double Tie, double Second) Posterior(VoteTable.VotesOn item)
        {
            var (first, tie, second) = (Better, Tie, Better);
            for (var i = 0; i < item.Count; i++)
            {
                var (annotator, vote) = item[i];
                var worth = Votes[annotator, (int)vote];
                (first, tie, second) = (first + worth.First, tie + worth.Tie, second + worth.Second);
            }
            var most = Math.Max(first, Math.Max(tie, second));
            (first, tie, second) = (Math.Exp(first - most), Math.Exp(tie - most), Math.Exp(second - most));
            var sum = first + tie + second;
            return (first / sum, tie / sum, second / sum);
        }
    }

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
