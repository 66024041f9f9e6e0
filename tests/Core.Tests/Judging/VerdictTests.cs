using Rlhf.Judging;
using Rlhf.Statistics;

namespace Rlhf.Core.Tests.Judging;

public sealed class VerdictTests
{
    [Fact]
    public void Of_WinsTiesLosses_AreCountedByPromptAndATieIsAHalf()
    {
        var votes = Enumerable.Repeat<double[]>([1], 60).Concat(Enumerable.Repeat<double[]>([0.5], 20)).Concat(Enumerable.Repeat<double[]>([0], 20));
        var verdict = Verdicts.Of("tuned", "base", JudgeKind.Rule, votes, seed: 1);
        Assert.Equal((100, 60, 20, 20, 0.7), (verdict.Prompts, verdict.Wins, verdict.Ties, verdict.Losses, verdict.WinRate!.Value));
        // The normal approximation at p = 0.7 with these ties: ± 1.96 · sqrt(0.16 / 100) = ± 0.078.
        Assert.InRange(verdict.Low!.Value, 0.60, 0.64);
        Assert.InRange(verdict.High!.Value, 0.76, 0.80);
    }

    [Fact]
    public void Of_TooFewPrompts_IsNotEnoughToTell()
    {
        var verdict = Verdicts.Of("tuned", "base", JudgeKind.People, Enumerable.Repeat<double[]>([1], Verdicts.MinimumPrompts - 1), seed: 1);
        Assert.Equal((null, null, null, "not enough to tell"), (verdict.WinRate, verdict.Low, verdict.High, verdict.Note));
        Assert.Equal(19, verdict.Wins);
    }

    [Fact]
    public void Of_SeveralVotesOfOnePrompt_AreOnePrompt()
    {
        var verdict = Verdicts.Of("tuned", "base", JudgeKind.People, Enumerable.Repeat<double[]>([1, 1, 0], 30).Append([]), seed: 1);
        Assert.Equal((30, 30), (verdict.Prompts, verdict.Wins));
        Assert.Equal(2.0 / 3, verdict.WinRate!.Value, 12);
    }

    [Fact]
    public void Interval_SameSeed_IsTheSameAndAnotherSeedNearby()
    {
        var values = Enumerable.Range(0, 80).Select(i => (IReadOnlyList<double>)[i % 3 == 0 ? 0 : 1]).ToList();
        Assert.Equal(Bootstrap.Interval(values, 5), Bootstrap.Interval(values, 5));
        Assert.Equal(Bootstrap.Interval(values, 5).Low, Bootstrap.Interval(values, 6).Low, 0.03);
    }

    [Fact]
    public void Interval_OfMeansOfManySamples_CoversTheTruthAboutAsOftenAsItSays()
    {
        var random = new Random(7);
        var covered = 0;
        for (var trial = 0; trial < 200; trial++)
        {
            var (low, high) = Bootstrap.Interval([.. Enumerable.Range(0, 60).Select(_ => (IReadOnlyList<double>)[random.NextDouble() < 0.6 ? 1 : 0])], trial);
            if (low <= 0.6 && 0.6 <= high) covered++;
        }
        Assert.InRange(covered, 178, 200);
    }
}
