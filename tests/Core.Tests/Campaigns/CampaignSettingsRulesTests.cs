using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Labeling;

namespace Rlhf.Core.Tests.Campaigns;

public sealed class CampaignSettingsRulesTests
{
    private static readonly GeneratorSettings Generator = new("base", GeneratorKind.Onnx, "file:models/support-small");

    private static readonly CampaignSettings Good = new() { Id = CampaignId.From("demo"), Title = "Demo", Generators = [Generator], Policy = "file:models/support-small" };

    public static TheoryData<string, string, CampaignSettings> Refused => new()
    {
        { "invalid-answers", "1 answers", Good with { Answers = 1 } },
        { "invalid-answers", "10 answers", Good with { Answers = 10 } },
        { "invalid-overlap", "0", Good with { Overlap = 0 } },
        { "no-generators", "demo", Good with { Generators = [] } },
        { "invalid-settings", "share 0", Good with { Generators = [Generator with { Share = 0 }] } },
        { "invalid-settings", "share NaN", Good with { Generators = [Generator with { Share = double.NaN }] } },
        { "invalid-settings", "'base'", Good with { Generators = [Generator, Generator] } },
        { "invalid-settings", "temperature -1", Good with { Generators = [Generator with { Sampling = new(Temperature: -1) }] } },
        { "invalid-settings", "0 tokens", Good with { Generators = [Generator with { Sampling = new(MaximumTokens: 0) }] } },
        { "invalid-split", "0.6", Good with { Split = new(0.6, 0.4) } },
        { "invalid-split", "-0.1", Good with { Split = new(-0.1, 0.4) } },
        { "invalid-settings", "0 prompts", Good with { BatchSize = 0 } },
        { "invalid-settings", "00:00:00", Good with { BatchDeadline = TimeSpan.Zero } },
        { "invalid-settings", "budget is 0", Good with { TokenBudget = 0 } },
        { "invalid-settings", "16001 characters", Good with { Guidelines = new('x', 16_001) } },
        { "invalid-settings", "0 characters", Good with { Title = "" } },
        { "invalid-settings", "annotator", Good with { TrainOn = [] } },
        { "invalid-form", "3 points", Good with { Form = new() { Scale = 3 } } },
        { "invalid-form", "00:00:30", Good with { Form = new() { BreakAfter = TimeSpan.FromSeconds(30) } } },
        { "invalid-form", "0 judgements", Good with { Form = new() { DailyCap = 0 } } },
        { "invalid-form", "-00:00:01", Good with { Form = new() { TooFastPerThousandCharacters = TimeSpan.FromSeconds(-1) } } },
        { "no-policy", "demo", Good with { Policy = null, TrainWhenLabeled = true } },
        { "invalid-settings", "after 0 rankings", Good with { RankingBudget = 0 } },
        { "invalid-settings", "share of 1.5", Good with { Ordering = new(RandomShare: 1.5) } },
        { "invalid-settings", "share of NaN", Good with { Ordering = new(RandomShare: double.NaN) } },
        { "invalid-settings", "ensemble of 1", Good with { Ordering = new(Members: 1) } },
        { "invalid-settings", "0 comparisons", Good with { Ordering = new(Pool: 0) } },
        { "invalid-settings", "order '7'", Good with { Ordering = new((OrderingRule)7) } },
        { "invalid-settings", "no language model", Good with { Ordering = new(), Policy = "azureOpenAI:tuned", Generators = [new("tuned", GeneratorKind.AzureOpenAI, "tuned", new("https://example.openai.azure.com"))] } },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Check_WrongSetting_IsRefusedWithItsValueAndTheWayOut(string code, string value, CampaignSettings settings)
    {
        var refused = Assert.Throws<RlhfException>(() => CampaignSettingsRules.Check(settings));
        Assert.Equal(code, refused.Code);
        Assert.Contains(value, refused.Message);
        Assert.NotEmpty(refused.Remedy);
    }

    [Fact]
    public void Check_GoodSettings_Pass()
    {
        CampaignSettingsRules.Check(Good);
        CampaignSettingsRules.Check(Good with { Ordering = new(), RankingBudget = 1_500 });
        CampaignSettingsRules.Check(Good with { Ordering = new(OrderingRule.Random), Policy = null, Generators = [new("gpt", GeneratorKind.OpenAI, "gpt", new("https://example.com/v1"))] });
        CampaignSettingsRules.Check(Good with { Answers = 9, Overlap = 5, Policy = null, TrainOn = [AnnotatorKind.Person, AnnotatorKind.Llm] });
    }

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(3, 3, true)]
    [InlineData(3, 2, false)]
    public void CheckAnnotators_OverlapAboveThem_IsRefused(int overlap, int annotators, bool passes)
    {
        var refused = Record.Exception(() => CampaignSettingsRules.CheckAnnotators(Good with { Overlap = overlap }, annotators));
        if (passes) Assert.Null(refused);
        else Assert.Equal("overlap-above-annotators", Assert.IsType<RlhfException>(refused).Code);
    }
}
