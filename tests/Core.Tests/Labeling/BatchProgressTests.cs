using Rlhf.Labeling;
using Rlhf.Labeling.Serving;
using Rlhf.Prompts;

namespace Rlhf.Core.Tests.Labeling;

public sealed class BatchProgressTests
{
    private static readonly BatchId Batch = BatchId.For(CampaignId.From("c"), 1, 1);
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_MixedRankings_CountsWhatCounts()
    {
        var comparisons = new[] { Comparison("complete", 2), Comparison("skipped", 1), Comparison("open", 2), Comparison("untouched", 1) };
        var progress = BatchProgress.Of(comparisons,
        [
            Ranking("complete", "a"), Ranking("complete", "b", RankingOutcome.BothBad), Ranking("complete", "c", extra: true),
            Ranking("skipped", "a", RankingOutcome.Skip), Ranking("skipped", "b", RankingOutcome.Skip), Ranking("skipped", "c", RankingOutcome.Skip),
            Ranking("open", "a"), Ranking("open", "b", RankingOutcome.Skip),
        ]);
        Assert.Equal([ComparisonState.Complete, ComparisonState.ClosedBySkips, ComparisonState.Open, ComparisonState.Open], progress.Comparisons.Select(c => c.State));
        Assert.Equal((3, 2, false), (progress.Rankings, progress.Open, progress.IsDone));
    }

    [Fact]
    public void Counts_TwoVotesOfThreeAgree_AgreementIsOneThird()
    {
        var counts = BatchCounts.Of([Comparison("x", 3)],
        [
            Ranking("x", "a", tiers: [["1"], ["2"]]), Ranking("x", "b", tiers: [["1"], ["2"]]), Ranking("x", "c", tiers: [["2"], ["1"]], kind: AnnotatorKind.Simulated),
        ]);
        Assert.Equal(1.0 / 3, counts.Agreement!.Value, 10);
        Assert.Equal((2, 1), (counts.Rankings[AnnotatorKind.Person], counts.Rankings[AnnotatorKind.Simulated]));
        Assert.Null(BatchCounts.Empty.Agreement);
        Assert.Equal(counts.AllRankings * 2, (counts + counts).AllRankings);
    }

    [Fact]
    public void OpenRow_ClaimsAndRankings_NeverExceedTheOverlap()
    {
        var (a, b, c) = (AnnotatorId.From("a"), AnnotatorId.From("b"), AnnotatorId.From("c"));
        var row = OpenRow.For(Comparison("x", 2)).Claimed(new(a, Now.AddMinutes(5)), Now);
        Assert.False(row.IsFreeFor(a, Now));
        Assert.True(row.IsFreeFor(b, Now));
        row = row.Judged(b, RankingOutcome.Ranked);
        Assert.False(row.IsFreeFor(c, Now));
        Assert.True(row.IsFreeFor(c, Now.AddMinutes(6)));
        Assert.False(row.IsFreeFor(b, Now.AddMinutes(6)));
        row = row.Judged(a, RankingOutcome.Ranked);
        Assert.True(row.IsClosed);
        Assert.False(row.Judged(a, RankingOutcome.Skip).IsClosed);
    }

    private static Comparison Comparison(string id, int overlap) =>
        new(ComparisonId.From(id), Batch, new Prompt(PromptId.From(id), [], Split.Train), [], ComparisonKind.Ordinary, 1, overlap);

    private static Ranking Ranking(
        string comparison, string annotator, RankingOutcome outcome = RankingOutcome.Ranked, bool extra = false, IReadOnlyList<IReadOnlyList<string>>? tiers = null, AnnotatorKind kind = AnnotatorKind.Person) =>
        new(ComparisonId.From(comparison), Batch, AnnotatorId.From(annotator), kind, outcome, tiers ?? (outcome == RankingOutcome.Ranked ? [["1"], ["2"]] : []), ["1", "2"], Now, Extra: extra);
}
