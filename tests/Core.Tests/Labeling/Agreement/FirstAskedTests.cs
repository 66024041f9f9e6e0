using Rlhf.Labeling;
using Rlhf.Labeling.Agreement;
using Rlhf.Labeling.Quality;
using Rlhf.Prompts;

namespace Rlhf.Core.Tests.Labeling.Agreement;

public sealed class FirstAskedTests
{
    private static readonly BatchId Batch = new("demo-r1-b00001");

    private static readonly OverlapLimits Ended = new(2, new(), 0, 0);

    /// <summary>Overlap 2, two even winners, 70 of 100 comparisons agreed on: each of the others was asked of one more, which a pair of annotators in three sides with.</summary>
    [Fact]
    public void Figures_MoreAreAskedWhereTwoDisagree_AgreementIsThatOfTheFirstTwo()
    {
        var comparisons = Ended.Of([.. Enumerable.Range(0, 100).Select(i => Comparison(i, overlap: 2, most: 5))]);
        var rankings = Enumerable.Range(0, 100).SelectMany(i => Voted(i, i >= 70)).ToList();

        var figures = AgreementFigures.Of(FirstAsked.Of(comparisons, rankings), 1);
        Assert.Equal((100, 0.7), (figures.Comparisons, figures.Raw!.Value));
        Assert.Equal(0.4, figures.Alpha!.Value, 0.005);
        Assert.Equal(0.4, figures.Ac1!.Value, 0.005);
        Assert.Equal(figures.Alpha.Value, AgreementSums.Of(comparisons, rankings).Alpha!.Value, 12);
        Assert.Equal(0.7, BatchCounts.Of(comparisons, rankings).Agreement!.Value, 12);

        var tally = new QualityTally(_ => true, 0.7);
        tally.Add(comparisons, rankings);
        Assert.All(tally.Figures().Where(f => f.Annotator.Value != "third"), f => Assert.Equal(0.7, f.Agreement!.Value, 12));
    }

    [Fact]
    public void Of_OneOfTheFirstIsAmendedAfterMoreWereAsked_IsStillAmongTheFirst()
    {
        var first = Ranking(0, "p1", "a", 0) with { SubmittedAt = At(9), FirstSubmittedAt = At(0), Revision = 2 };
        Ranking[] rankings = [Ranking(0, "p2", "b", 1), Ranking(0, "p3", "b", 2), first];
        Assert.Equal(["p1", "p2"], FirstAsked.Of(Comparison(0, overlap: 2, most: 5), rankings).Select(r => r.Annotator.Value));
    }

    [Fact]
    public void Of_SharedComparisonInAnEndedBatch_IsAllThatWereWantedHoweverManyWereThere()
    {
        var shared = Comparison(0, overlap: 1, most: 5) with { Shared = 3 };
        var rankings = Enumerable.Range(0, 5).Select(i => Ranking(0, $"p{i}", "a", i)).ToList();
        Assert.Equal(3, FirstAsked.Of(Ended.Of(shared), rankings).Count);
        // Asked of two since the number was lowered, the third was asked because they disagreed.
        Assert.Equal(2, FirstAsked.Of((Ended with { Sharing = new(0.1, 2, 5) }).Of(shared), rankings).Count);
    }

    [Fact]
    public void Of_ComparisonOfAFile_IsAllThatTheFileHas()
    {
        var rankings = Enumerable.Range(0, 4).Select(i => Ranking(0, $"p{i}", "a", i));
        Assert.Equal(4, FirstAsked.Of((Ended with { Overlap = 1 }).Of(Comparison(0, overlap: 4, most: 4)), rankings).Count);
    }

    private static IEnumerable<Ranking> Voted(int comparison, bool isContested)
    {
        var (winner, other) = comparison % 2 == 0 ? ("a", "b") : ("b", "a");
        yield return Ranking(comparison, "p1", winner, 0);
        yield return Ranking(comparison, "p2", isContested ? other : winner, 1);
        if (isContested) yield return Ranking(comparison, "third", winner, 2);
    }

    private static Comparison Comparison(int number, int overlap, int most) =>
        new(new($"c{number}"), Batch, new Prompt(new("p"), [], Split.Train), [], ComparisonKind.Ordinary, 1, overlap) { Most = most };

    private static Ranking Ranking(int comparison, string annotator, string winner, int minute) => new(
        new($"c{comparison}"), Batch, new(annotator), AnnotatorKind.Person, RankingOutcome.Ranked, [[winner], [winner == "a" ? "b" : "a"]], ["a", "b"], At(minute));

    private static DateTimeOffset At(int minute) => DateTimeOffset.UnixEpoch.AddMinutes(minute);
}
