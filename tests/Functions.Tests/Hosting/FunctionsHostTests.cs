using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rlhf.Contracts;
using Rlhf.Functions.Durable;
using Rlhf.Functions.Hosting;
using Rlhf.Functions.Http;
using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Labeling.Invites;
using Rlhf.Orchestrations;
using Rlhf.Storage;
using Rlhf.Training;
using Rlhf.Training.Launching;
using Rlhf.Web;
using Rlhf.Web.Security;

namespace Rlhf.Functions.Tests.Hosting;

public sealed class FunctionsHostTests
{
    private const string Keys = """[{"id":"k1","secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]""";
    private const string Owner = "1f0e8a52-7a3c-4f6a-9d39-0a8a4b1c2d3e";

    [Fact]
    public async Task AddFunctionsHost_LocalSettings_SuppliesAllThatCoreAsksFor()
    {
        await using var services = Build();
        foreach (var type in (Type[])[typeof(IBlobStore), typeof(ITableStore), typeof(IOrchestrationClient), typeof(IGeneratorFactory), typeof(ISigningKeys), typeof(RoutePipeline), typeof(DurableClientHolder)])
            Assert.NotNull(services.GetRequiredService(type));
        Assert.IsType<AdminToken>(services.GetRequiredService<IOwnerAccess>());
        Assert.IsType<ChildProcessLauncher>(services.GetRequiredService<IJobLauncher>());
    }

    [Fact]
    public async Task AddFunctionsHost_EveryActivity_CanBeMade()
    {
        await using var services = Build();
        await using var scope = services.CreateAsyncScope();
        foreach (var activity in services.GetRequiredService<StepRegistry>().Activities.Values)
            Assert.NotNull(ActivatorUtilities.CreateInstance(scope.ServiceProvider, activity));
    }

    [Fact]
    public async Task AddFunctionsHost_SettingsOfADeployment_UseIdentityEntraAndTheJob()
    {
        await using var services = Build(new()
        {
            [AppSettings.Storage] = "https://rlhf.blob.core.windows.net",
            [AppSettings.Tables] = "https://rlhf.table.core.windows.net",
            [AppSettings.Identity] = Guid.NewGuid().ToString(),
            [AppSettings.OwnerToken] = null,
            [AppSettings.Owners] = Owner,
            [AppSettings.DefaultModel] = "models/support-small",
            ["WEBSITE_HOSTNAME"] = "rlhf.azurewebsites.net",
            [AppSettings.TrainerJob] = "/subscriptions/1f0e8a52-7a3c-4f6a-9d39-0a8a4b1c2d3e/resourceGroups/rlhf/providers/Microsoft.App/jobs/trainer",
        });
        Assert.IsType<EntraOwners>(services.GetRequiredService<IOwnerAccess>());
        Assert.Equal("ContainerAppsJobLauncher", services.GetRequiredService<IJobLauncher>().GetType().Name);
        var web = services.GetRequiredService<WebOptions>();
        Assert.Equal((new Uri("https://rlhf.azurewebsites.net"), "models/support-small"), (web.PublicAddress, web.DefaultPolicy));
        Assert.Empty(web.AllowedHosts);
    }

    [Fact]
    public async Task AddFunctionsHost_TokenAndOwners_TheTokenCountsAndTheHeaderIsNotBelieved()
    {
        await using var services = Build(new() { [AppSettings.Owners] = Owner });
        Assert.IsType<AdminToken>(services.GetRequiredService<IOwnerAccess>());
    }

    [Fact]
    public async Task AddFunctionsHost_InTheRepository_OffersTheShippedModel()
    {
        await using var services = Build();
        Assert.Equal(ModelCache.FilePrefix + Repository.File("models", "support-small"), services.GetRequiredService<WebOptions>().DefaultPolicy);
    }

    [Theory]
    [InlineData(AppSettings.Storage, null, "setting-missing")]
    [InlineData(AppSettings.Storage, "https://rlhf.blob.core.windows.net", "invalid-storage", "ftp://nowhere")]
    [InlineData(AppSettings.SigningKeys, null, "signing-keys-unreadable")]
    [InlineData(AppSettings.OwnerToken, null, "no-owner")]
    [InlineData(AppSettings.OwnerToken, "short", "admin-token-too-short")]
    public void AddFunctionsHost_ASettingThatIsWrong_IsNamed(string name, string? value, string code, string? tables = null)
    {
        var error = Assert.Throws<RlhfException>(() => Build(new() { [name] = value, [AppSettings.Tables] = tables }));
        Assert.Equal(code, error.Code);
        Assert.NotEmpty(error.Remedy);
    }

    [Fact]
    public async Task SampleSettings_HoldWhatALocalStartNeeds_AndNothingUnknown()
    {
        var sample = JsonNode.Parse(File.ReadAllText(Repository.File("local.settings.sample.json")))!["Values"]!.AsObject().ToDictionary(v => v.Key, v => (string?)v.Value);
        var known = typeof(AppSettings).GetFields().Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!);
        Assert.Empty(sample.Keys.Except(known));
        foreach (var secret in (string[])[AppSettings.OwnerToken, AppSettings.SigningKeys]) Assert.Equal("", sample[secret]);

        sample[AppSettings.OwnerToken] = "sixteen-or-more-characters";
        sample[AppSettings.SigningKeys] = Keys;
        await using var services = new ServiceCollection().AddLogging().AddFunctionsHost(new ConfigurationBuilder().AddInMemoryCollection(sample).Build()).BuildServiceProvider();
        Assert.NotNull(services.GetRequiredService<IBlobStore>());
        Assert.All((string[])[AppSettings.InboxSweep, AppSettings.HostStorage, AppSettings.WorkerRuntime], key => Assert.NotEmpty(sample[key]!));
        Assert.Equal("true", sample[AppSettings.DisableHomepage]);
    }

    [Fact]
    public void HostFile_LeavesRoutesToTheTable_AndChoosesTimeOuts()
    {
        var extensions = JsonNode.Parse(File.ReadAllText(Repository.File("host.json")))!["extensions"]!;
        Assert.Equal("", (string?)extensions["http"]!["routePrefix"]);
        Assert.False((bool?)extensions["durableTask"]!["extendedSessionsEnabled"]);
        var provider = extensions["durableTask"]!["storageProvider"]!;
        Assert.True(TimeSpan.Parse((string)provider["controlQueueVisibilityTimeout"]!, null) >= TimeSpan.FromMinutes(1));
        Assert.True(TimeSpan.Parse((string)provider["workItemQueueVisibilityTimeout"]!, null) >= TimeSpan.FromMinutes(1));
    }

    private static ServiceProvider Build(Dictionary<string, string?>? changes = null)
    {
        var settings = new Dictionary<string, string?>
        {
            [AppSettings.Storage] = "UseDevelopmentStorage=true",
            [AppSettings.SigningKeys] = Keys,
            [AppSettings.OwnerToken] = "sixteen-or-more-characters",
            ["WEBSITE_HOSTNAME"] = "localhost:7071",
        };
        foreach (var (name, value) in changes ?? []) settings[name] = value;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        return new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddFunctionsHost(configuration)
            .BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
    }
}
