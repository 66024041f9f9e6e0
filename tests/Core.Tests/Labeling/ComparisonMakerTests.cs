using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Labeling;
using Rlhf.Labeling.Ordering;
using Rlhf.Prompts;

namespace Rlhf.Core.Tests.Labeling;

public sealed class ComparisonMakerTests
{
    private static readonly CampaignSettings Settings = new() { Id = new("demo"), Title = "Demo", Generators = [] };

    [Fact]
    public void Of_AShareByHash_GoesToMoreAnnotatorsAndTheSameOnesEachTime()
    {
        var made = Make(ComparisonKind.Ordinary, Settings);
        var shared = made.Where(c => c.Shared == 3).ToList();
        // A tenth of 4,000, within four standard errors.
        Assert.InRange(shared.Count, 324, 476);
        Assert.All(made.Except(shared), c => Assert.Equal((1, 1), (c.Overlap, c.Shared)));
        Assert.All(made, c => Assert.Equal(5, c.Most));
        Assert.Equal(made, Make(ComparisonKind.Ordinary, Settings));
    }

    [Fact]
    public void Of_TestComparisons_AllGoToThree() => Assert.All(Make(ComparisonKind.Test, Settings), c => Assert.Equal((1, 3), (c.Overlap, c.Shared)));

    [Fact]
    public void Of_NoSharing_NobodyIsAskedBeyondTheOverlap() =>
        Assert.All(Make(ComparisonKind.Ordinary, Settings with { Overlap = 2, Sharing = SharingSettings.None }), c => Assert.Equal((2, 2, 2), (c.Overlap, c.Shared, c.Most)));

    [Fact]
    public void Limits_FewAnnotators_AskNoMoreThanThereAreButNeverLessThanTheOverlap()
    {
        var comparison = Make(ComparisonKind.Ordinary, Settings with { Overlap = 2, Sharing = new(1, 4, 6) })[0];
        Assert.Equal((2, 2), Asked(new(2, new(), 0, 0)));
        Assert.Equal((3, 3), Asked(new(2, new(), 7, 0) { Sharing = new(1, 3, 3) }));
        Assert.Equal((4, 5), Asked(new(2, new(1, 4, 6), 5, 0)));
        Assert.Equal((1, 1), Asked(new(1, SharingSettings.None, 5, 5)));

        (int, int) Asked(OverlapLimits limits) => limits.Of(comparison) is var asked ? (asked.Overlap, asked.Most) : default;
    }

    [Fact]
    public void Limits_OverlapLoweredAlone_OnlyThoseSharedGoToMore()
    {
        var made = Make(ComparisonKind.Ordinary, Settings with { Overlap = 2, Sharing = new(0.1, 4, 4) });
        Assert.All(new OverlapLimits(1, new(0.1, 4, 4), 9, 9).Of(made).Zip(made), pair => Assert.Equal(pair.Second.Shared == 4 ? 4 : 1, pair.First.Overlap));
    }

    [Fact]
    public void Of_Ordered_HaveRandomPlacesAndTheSameOnesEachTime()
    {
        var made = Make(ComparisonKind.Ordinary, Settings with { Ordering = new() });
        Assert.Equal(ComparisonPlaces.Last + 1, made.Select(c => c.Priority).Distinct().Count());
        Assert.All(made, c => Assert.Equal(ComparisonPlaces.RandomOf(c.Id), c.Priority));
        Assert.All(Make(ComparisonKind.Ordinary, Settings), c => Assert.Equal(Comparison.OrdinaryPriority, c.Priority));
    }

    private static IReadOnlyList<Comparison> Make(ComparisonKind kind, CampaignSettings settings) => ComparisonMaker.Of(
        new("demo-r1-b00001"), Enumerable.Range(0, 4_000).Select(i => new AnsweredPrompt(new(new($"p{i}"), [], Split.Train), [])), kind, 1, settings);
}
