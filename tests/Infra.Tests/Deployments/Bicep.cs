using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rlhf.Infra.Tests.Deployments;

/// <summary>What the Bicep CLI makes of a template.</summary>
internal static class Bicep
{
    private const string Subscription = "00000000-0000-0000-0000-000000000000";
    private const string Tenant = "33333333-3333-3333-3333-333333333333";

    /// <summary>What compiler and linter say, of every level.</summary>
    public static async Task<IReadOnlyList<string>> LintAsync(string file)
    {
        var result = await RunAsync(Path.GetDirectoryName(file)!, "lint", file, "--diagnostics-format", "sarif");
        var log = JsonNode.Parse(result.All) ?? throw new InvalidOperationException(result.All);
        return [.. log["runs"]!.AsArray().SelectMany(run => run!["results"]!.AsArray()).Select(each => $"{each!["ruleId"]}: {each["message"]!["text"]}")];
    }

    /// <summary>The ARM template.</summary>
    public static async Task<string> BuildAsync(string file)
    {
        var result = await RunAsync(Path.GetDirectoryName(file)!, "build", file, "--stdout");
        return result.Code == 0 ? result.Output : throw new InvalidOperationException(result.Errors);
    }

    /// <summary>What a deployment of <c>main.bicep</c> with these parameters would make, with every expression evaluated that needs no Azure.</summary>
    /// <param name="infra">A copy: it is written to.</param>
    public static async Task<Deployment> PredictAsync(string infra, params string[] parameters)
    {
        await UnsecureAsync(Path.Combine(infra, "main.bicep"), Path.Combine(infra, "modules", "functionApp.bicep"));
        var file = Path.Combine(infra, "test.bicepparam");
        await File.WriteAllLinesAsync(file, ["using 'main.bicep'", "", .. parameters]);
        var result = await RunAsync(infra, "snapshot", file, "--mode", "overwrite", "--subscription-id", Subscription, "--tenant-id", Tenant, "--location", "swedencentral");
        if (result.Code != 0) throw new InvalidOperationException(result.All);
        return new(JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(infra, "test.snapshot.json"))));
    }

    /// <summary>What depends on a secure parameter the CLI leaves as an expression, all settings of the app among it: in the copy that is looked at it is an ordinary one.</summary>
    private static async Task UnsecureAsync(params string[] files)
    {
        foreach (var file in files)
            await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("@secure()\nparam extraSettings", "param extraSettings", StringComparison.Ordinal));
    }

    private static Task<CommandResult> RunAsync(string folder, params string[] arguments) => Command.RunAsync(BicepCli.Path!, folder, null, arguments);
}
