using Rlhf.Campaigns;
using Rlhf.Core.Tests.Json;
using Rlhf.Preferences.Formats;
using Rlhf.Prompts;

namespace Rlhf.Core.Tests.Preferences;

public sealed class DataCardPageTests
{
    private static readonly DataCard Card = (DataCard)SampleValues.Of(typeof(DataCard));

    [Fact]
    public void Render_ComparisonsWereChosen_SaysHowAndThatTestWasNot()
    {
        var page = Render(new(new OrderingSettings(RandomShare: 0.25, Members: 8), 1_500));
        Assert.Contains("Train comparisons were chosen", page, StringComparison.Ordinal);
        Assert.Contains("8 small reward models", page, StringComparison.Ordinal);
        Assert.Contains("0.25 at random", page, StringComparison.Ordinal);
        Assert.Contains("Validation and test comparisons were asked at random", page, StringComparison.Ordinal);
        Assert.Contains("after 1500 rankings", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_NothingWasChosen_SaysSo()
    {
        Assert.Contains("All comparisons were asked alike.", Render(null), StringComparison.Ordinal);
        Assert.Contains("in a random order. The labeling was to be closed after 40 rankings.", Render(new(new(OrderingRule.Random), 40)), StringComparison.Ordinal);
        Assert.Contains("in the order of their batches. The labeling was to be closed after 40 rankings.", Render(new(null, 40)), StringComparison.Ordinal);
    }

    private static string Render(CardChoice? choice) => DataCardPage.Render(Card with { Choice = choice }, new Dictionary<Split, string>());
}
