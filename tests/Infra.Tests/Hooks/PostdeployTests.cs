using System.Text.Json;
using System.Text.Json.Nodes;
using Rlhf.Infra.Tests.Deployments;

namespace Rlhf.Infra.Tests.Hooks;

[Needs(Tool.Shell)]
public sealed class PostdeployTests
{
    private const string Hook = "postdeploy.sh";
    private const string Key = "the-apps-own-key-of-blob-events";

    [ToolFact]
    public async Task Subscription_OnceTheHostHasItsKey_IsDeployedWithIt()
    {
        using var run = new HookRun().Answers("functionapp keys list", "", once: true).Answers("functionapp keys list", "", 1, once: true).Answers("functionapp keys list", Key);
        var result = await run.RunAsync(Hook);
        Assert.True(result.Code == 0, result.All);
        Assert.Contains(run.Calls, each => each.Contains("deployment group create", StringComparison.Ordinal) && each.Contains("--template-file infra/inbox-events.bicep", StringComparison.Ordinal));
        Assert.DoesNotContain(run.Calls, each => each.Contains(Key, StringComparison.Ordinal));
        Assert.DoesNotContain(Key, result.All, StringComparison.Ordinal);
        var given = JsonNode.Parse(run.FileGiven("parameters.json"))!["parameters"]!;
        Assert.Equal(Key, given["blobsExtensionKey"]!["value"]!.GetValue<string>());
        Assert.Equal("evgt-demo", given["topicName"]!["value"]!.GetValue<string>());
    }

    [ToolFact]
    public async Task Host_ThatNeverComesUp_IsNamedAndNothingIsDeployed()
    {
        using var run = new HookRun().Answers("functionapp keys list", "", 1);
        var result = await run.RunAsync(Hook);
        Assert.Equal(1, result.Code);
        Assert.Contains("azd hooks run postdeploy", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Calls, each => each.Contains("deployment group create", StringComparison.Ordinal));
    }

    [ToolFact]
    [Needs(Tool.Bicep)]
    public async Task Parameters_OfTheSubscription_AreThoseOfItsTemplate()
    {
        using var run = new HookRun().Answers("functionapp keys list", Key);
        Assert.Equal(0, (await run.RunAsync(Hook)).Code);
        var given = JsonNode.Parse(run.FileGiven("parameters.json"))!["parameters"]!.AsObject();
        var template = JsonNode.Parse(await Bicep.BuildAsync(Repository.PathOf("infra", "inbox-events.bicep")))!["parameters"]!.AsObject();
        Assert.Equal(template.Select(each => each.Key).Order(StringComparer.Ordinal), given.Select(each => each.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Function_ThatTakesTheEvents_IsOneOfTheApp()
    {
        var name = JsonDocument.Parse($"{{{FunctionName(File.ReadAllText(Repository.PathOf("infra", "hooks", Hook)))}}}").RootElement.GetProperty("functionName").GetProperty("value").GetString();
        var sources = Directory.EnumerateFiles(Repository.PathOf("src", "Functions"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText);
        Assert.Contains(sources, source => source.Contains($"[Function(\"{name}\")]", StringComparison.Ordinal));
        Assert.Contains($"functionName      = @{{ value = '{name}' }}", File.ReadAllText(Repository.PathOf("infra", "hooks", "postdeploy.ps1")), StringComparison.Ordinal);
    }

    private static string FunctionName(string script) => script.Split('\n').Single(line => line.Contains("\"functionName\"", StringComparison.Ordinal)).Trim().TrimEnd(',');
}
