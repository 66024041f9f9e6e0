using CsCheck;
using Rlhf.Preferences.Imports;

namespace Rlhf.Core.Tests.Preferences;

/// <summary>Votes are told from the figures that a pair has.</summary>
public sealed class PairVotesTests
{
    private static readonly Gen<(int For, int Ties, int Against)> Drawn = Gen.Select(Gen.Int[0, 6], Gen.Int[0, 6], Gen.Int[0, 6]).Where((f, t, a) => f >= a && f + t + a > 0);

    [Fact]
    public void Of_SharesOfASoftRule_GivesSuchVotes() => Drawn.Sample((f, t, a) =>
    {
        var (n, voted) = (f + t + a, f + a);
        var preference = (f + t / 2.0) / n;
        var found = PairVotes.Of(n, preference, voted == 0 ? 0 : (double)f / voted).First();
        // Where as many want either, how many tied can't be told, and makes no difference.
        return found.Count == n && Math.Abs((found.For + found.Ties / 2.0) / n - preference) < 1e-9 && (f == a || found == new PairVotes(f, t, a));
    });

    [Fact]
    public void Of_AHardRule_GivesTheAgreementAndTheMajority() => Drawn.Where((f, t, a) => f > a).Sample((f, t, a) =>
    {
        var found = PairVotes.Of(f + t + a, 1, (double)f / (f + a)).First();
        return found.Count == f + t + a && found.For > found.Against && Math.Abs((double)found.For / (found.For + found.Against) - (double)f / (f + a)) < 1e-9;
    });

    [Fact]
    public void Strengths_OfAMeanMargin_HaveThatMean() => Gen.Select(Gen.Int[1, 3].Array[1, 5], Gen.Int[1, 3].Array[0, 4]).Sample((won, lost) =>
    {
        var votes = new PairVotes(won.Length, 1, lost.Length);
        if (votes.For <= votes.Against) return true;
        var margin = Math.Max(0, (won.Sum() - lost.Sum()) / 3.0 / votes.Count);
        var strengths = votes.Strengths(margin)!;
        return Math.Abs(Math.Max(0, (strengths.Take(won.Length).Sum() - strengths.Skip(won.Length).Sum()) / 3.0 / votes.Count) - margin) < 1e-9 && strengths.All(s => s is >= 1 and <= 3);
    });

    [Fact]
    public void Of_SharesThatNoVotesHave_GivesNone() => Assert.Empty(PairVotes.Of(3, 0.87, 2.0 / 3));
}
