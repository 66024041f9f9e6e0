using Rlhf.Statistics;

namespace Rlhf.Core.Tests.Statistics;

public sealed class ProportionTests
{
    /// <summary>Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3 (score).</summary>
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Interval_PublishedExamples_AreAsPublished(int hits, int count, double low, double high)
    {
        var interval = Proportion.Interval(hits, count, Proportion.At95);
        Assert.Equal(low, interval.Low, 4);
        Assert.Equal(high, interval.High, 4);
    }

    [Fact]
    public void Of_Nothing_IsNull() => Assert.Null(Proportion.Of(0, 0));
}
