using Rlhf.Labeling;
using Rlhf.Labeling.Quality;
using Rlhf.Prompts;

namespace Rlhf.Core.Tests.Labeling.Quality;

public sealed class QualityTallyTests
{
    private static readonly BatchId Batch = new("demo-r1-b00001");

    [Fact]
    public void Practice_OfBeginners_IsNoAccuracyAndNoRankingButTimeAllTheSame()
    {
        var tally = new QualityTally(_ => true, 0.7);
        tally.Add([Gold("practice", isPractice: true), Gold("gold", isPractice: false)], [Ranking("practice", "b", 10), Ranking("gold", "a", 5)]);
        var figures = Assert.Single(tally.Figures());
        Assert.Equal((1, 1.0), (figures.Gold!.Count, figures.Gold.Value));
        Assert.Equal((1, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15)), (figures.Rankings, figures.MedianTime, figures.ActiveTime));
    }

    [Fact]
    public void ActiveTime_InAll_IsThatOfSkipsExtraOnesAndDecisionsToo()
    {
        var tally = new QualityTally(_ => true, 0.7);
        tally.Add([Ordinary("c1")],
        [
            Ranking("c1", "a", 4),
            Ranking("c1", "a", 8) with { Outcome = RankingOutcome.Skip, Tiers = [] },
            Ranking("c1", "a", 16) with { Extra = true },
            Ranking("c1", "a", 32) with { Decides = true },
        ]);
        tally.AddActive(new("ada"), AnnotatorKind.Person, TimeSpan.FromSeconds(64));
        var figures = Assert.Single(tally.Figures());
        Assert.Equal((TimeSpan.FromSeconds(124), TimeSpan.FromSeconds(4)), (figures.ActiveTime, figures.MedianTime));
    }

    private static Comparison Gold(string id, bool isPractice) => Ordinary(id) with { Kind = ComparisonKind.Gold, Gold = new(RankingOutcome.Ranked, [["a"], ["b"]], null, isPractice) };

    private static Comparison Ordinary(string id) => new(new(id), Batch, new Prompt(new("p"), [], Split.Train), [], ComparisonKind.Ordinary, 1, 1);

    private static Ranking Ranking(string comparison, string winner, int seconds) => new(
        new(comparison), Batch, new("ada"), AnnotatorKind.Person, RankingOutcome.Ranked, [[winner], [winner == "a" ? "b" : "a"]], ["a", "b"], DateTimeOffset.UnixEpoch, ActiveTime: TimeSpan.FromSeconds(seconds));
}
