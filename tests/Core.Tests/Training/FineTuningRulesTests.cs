using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Training.FineTuning;

namespace Rlhf.Core.Tests.Training;

public sealed class FineTuningRulesTests
{
    private static readonly CampaignSettings settings = new()
    {
        Id = CampaignId.From("support"),
        Title = "Support",
        Generators = [new("gpt", GeneratorKind.AzureOpenAI, "support-base", new("https://team.openai.azure.com"))],
        Policy = "azureOpenAI:support-base",
    };

    [Fact]
    public void PolicyThatIsOneOfItsGenerators_IsFine() => CampaignSettingsRules.Check(settings with { FineTuning = new() { TokenBudget = 1 } });

    [Fact]
    public void PolicyThatWritesNothing_IsRefused()
    {
        var refused = Assert.Throws<RlhfException>(() => CampaignSettingsRules.Check(settings with { Policy = "azureOpenAI:other" }));
        Assert.Equal(("policy-not-a-generator", "The policy 'azureOpenAI:other' is none of the campaign's generators (support-base)."), (refused.Code, refused.Message));
    }

    [Fact]
    public void OpenWeights_TheirProviderCannotTuneThem() =>
        Refused(settings with { Policy = "file:model", FineTuning = new() }, "The policy 'file:model' is no deployment, so its provider can't tune it. (fineTuning)");

    [Fact]
    public void FewerPairsThanTheProviderTakes_AreRefused() =>
        Refused(settings with { MinimumPairs = 9 }, "A run needs 9 pairs, and the provider tunes on no fewer than 10. (minimumPairs)");

    [Fact]
    public void NumbersThatMeanNothing_AreRefused()
    {
        Refused(settings with { FineTuning = new() { TokenBudget = 0 } }, "A job may train 0 tokens. (fineTuning.tokenBudget)");
        Refused(settings with { FineTuning = new() { Model = " " } }, "The model to tune has an empty name. (fineTuning.model)");
        Refused(settings with { FineTuning = new() { DeploymentCapacity = 0 } }, "The tuned model's deployment is 'Standard' with the capacity 0. (fineTuning)");
        Refused(settings with { Training = new() { Dpo = new() { Epochs = 0 } } }, "Fine-tuning has 0 epochs and β 0.1. (training.dpo)");
    }

    [Theory]
    [InlineData("team")]
    [InlineData("/subscriptions/x/resourceGroups/y")]
    public void Account_NoResourceId_IsRefusedByName(string account)
    {
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationManager { [AppSettings.FineTuningAccount] = account };
        var refused = Assert.Throws<RlhfException>(() => FineTuningOptions.From(configuration));
        Assert.Equal($"RLHF_FINE_TUNING_ACCOUNT is '{account}', which is no Azure OpenAI account.", refused.Message);
    }

    [Fact]
    public void ResultFile_RowsBecomePointsAndStrangersNone()
    {
        var at = DateTimeOffset.UnixEpoch;
        var points = JobMetrics.Read("step,train_loss,full_valid_loss\r\n1,0.7,\r\n2,0.5,0.6\r\n", at);
        Assert.Equal([(1, 0.7), (2, 0.5)], points.Select(p => (p.Step, p.Values["loss"])));
        Assert.Equal(0.6, points[1].Values["fullValidLoss"]);
        Assert.False(points[0].Values.ContainsKey("fullValidLoss"));
        Assert.Empty(JobMetrics.Read("c3RlcCx0cmFpbl9sb3Nz", at));
    }

    private static void Refused(CampaignSettings wrong, string message)
    {
        var refused = Assert.Throws<RlhfException>(() => CampaignSettingsRules.Check(wrong));
        Assert.Equal(("invalid-settings", message), (refused.Code, refused.Message));
    }
}
