using Rlhf.Preferences;

namespace Rlhf.Core.Tests.Preferences;

/// <summary>Votes are drawn from known errors, and the errors and truths are found again.</summary>
public sealed class DawidSkeneTests
{
    private const int Items = 4_000;
    private const double Ties = 0.2;

    private static readonly IReadOnlyDictionary<AnnotatorId, AnnotatorErrors> Known = new Dictionary<AnnotatorId, AnnotatorErrors>
    {
        [AnnotatorId.From("careful")] = new(0.92, 0.04, 0.8),
        [AnnotatorId.From("fair")] = new(0.75, 0.1, 0.5),
        [AnnotatorId.From("undecided")] = new(0.5, 0.45, 0.9),
        [AnnotatorId.From("guessing")] = new(0.45, 0.1, 0.1),
        [AnnotatorId.From("contrary")] = new(0.15, 0.05, 0.3),
    };

    [Fact]
    public void Estimate_VotesOfKnownErrors_FindsThem()
    {
        var (_, votes) = Draw(seed: 1);
        var model = DawidSkene.Estimate(votes);
        Assert.Equal(Ties, model.Tie, 0.04);
        foreach (var (annotator, known) in Known)
        {
            var found = model.Annotators[annotator];
            Assert.Equal(known.Right, found.Right, 0.04);
            Assert.Equal(known.Tie, found.Tie, 0.04);
            Assert.Equal(known.TieOfTies, found.TieOfTies, 0.08);
        }
    }

    [Fact]
    public void Posterior_OneCarefulAgainstTwoWhoErr_IsRightMoreOftenThanTheMajority()
    {
        var (truths, votes) = Draw(seed: 2);
        var model = DawidSkene.Estimate(votes);
        // Nobody can do better than who knows the errors that the votes were drawn from.
        var best = new AnnotatorModel(Ties, Known);
        var (byModel, byBest, byMajority, told) = (0, 0, 0, 0);
        for (var i = 0; i < Items; i++)
        {
            if (truths[i] == AnswerVote.Tie) continue;
            told++;
            if (IsRight(model)) byModel++;
            if (IsRight(best)) byBest++;
            var heads = votes[i].Count(v => v.Vote == AnswerVote.First) - votes[i].Count(v => v.Vote == AnswerVote.Second);
            if (heads != 0 && heads > 0 == (truths[i] == AnswerVote.First)) byMajority++;

            bool IsRight(AnnotatorModel by) => by.Posterior(votes[i]) is var (first, _, second) && first > second == (truths[i] == AnswerVote.First);
        }
        Assert.True(byModel > byBest - told / 100, $"{byModel} by the model, {byBest} at best, of {told}");
        Assert.True(byModel > byMajority + told / 10, $"{byModel} by the model, {byMajority} by the majority, of {told}");
    }

    [Fact]
    public void Estimate_EveryItemTurnedRound_IsTheSame()
    {
        var (_, votes) = Draw(seed: 3);
        var turned = votes.Select(item => (IReadOnlyList<(AnnotatorId, AnswerVote)>)[.. item.Select(v => (v.Annotator, Turn(v.Vote)))]).ToList();
        var (model, other) = (DawidSkene.Estimate(votes), DawidSkene.Estimate(turned));
        Assert.Equal(model.Tie, other.Tie, 9);
        foreach (var annotator in Known.Keys) Assert.Equal(model.Annotators[annotator].Right, other.Annotators[annotator].Right, 9);
        var (first, tie, second) = model.Posterior(votes[0]);
        var (turnedFirst, turnedTie, turnedSecond) = other.Posterior(turned[0]);
        Assert.Equal(first, turnedSecond, 9);
        Assert.Equal(second, turnedFirst, 9);
        Assert.Equal(tie, turnedTie, 9);
    }

    [Fact]
    public void Estimate_OneVoteAnItem_LeavesEachVoteStanding()
    {
        var ada = AnnotatorId.From("ada");
        IReadOnlyList<IReadOnlyList<(AnnotatorId Annotator, AnswerVote Vote)>> votes =
            [.. Enumerable.Range(0, 30).Select(i => (IReadOnlyList<(AnnotatorId, AnswerVote)>)[(ada, i % 3 == 0 ? AnswerVote.Tie : i % 2 == 0 ? AnswerVote.First : AnswerVote.Second)])];
        var model = DawidSkene.Estimate(votes);
        Assert.All(votes, item =>
        {
            var (first, tie, second) = model.Posterior(item);
            Assert.True((item[0].Vote switch { AnswerVote.First => first, AnswerVote.Tie => tie, _ => second }) > 0.5);
        });
        Assert.Empty(DawidSkene.Estimate([]).Annotators);
    }

    private static (AnswerVote[] Truths, IReadOnlyList<IReadOnlyList<(AnnotatorId Annotator, AnswerVote Vote)>> Votes) Draw(int seed)
    {
        var random = new Random(seed);
        var truths = Enumerable.Range(0, Items).Select(_ => random.NextDouble() < Ties ? AnswerVote.Tie : random.Next(2) == 0 ? AnswerVote.First : AnswerVote.Second).ToArray();
        // Each item goes to three of the five.
        return (truths, [.. truths.Select(truth => (IReadOnlyList<(AnnotatorId, AnswerVote)>)[.. Known.OrderBy(_ => random.Next()).Take(3).Select(a => (a.Key, Draw(truth, a.Value, random)))])]);
    }

    private static AnswerVote Draw(AnswerVote truth, AnnotatorErrors errors, Random random)
    {
        var drawn = random.NextDouble();
        foreach (var vote in Enum.GetValues<AnswerVote>())
        {
            drawn -= errors.Likelihood(truth, vote);
            if (drawn < 0) return vote;
        }
        return AnswerVote.Second;
    }

    private static AnswerVote Turn(AnswerVote vote) => vote switch { AnswerVote.First => AnswerVote.Second, AnswerVote.Second => AnswerVote.First, _ => vote };
}
