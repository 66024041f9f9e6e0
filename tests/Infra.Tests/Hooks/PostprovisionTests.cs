using System.Text.Json;
using Rlhf.Json;
using Rlhf.Labeling.Invites;

namespace Rlhf.Infra.Tests.Hooks;

[Needs(Tool.Shell)]
public sealed class PostprovisionTests
{
    private const string Hook = "postprovision.sh";

    [ToolFact]
    public async Task SigningKeys_OfAFreshVault_AreMadeAndReadByTheApp()
    {
        using var run = new HookRun();
        var result = await run.RunAsync(Hook);
        Assert.True(result.Code == 0, result.All);
        var key = Assert.Single(JsonSerializer.Deserialize<List<SigningKey>>(run.FileGiven("keys.json"), RlhfJson.Options)!);
        Assert.Equal(32, key.Secret.Length);
        Assert.DoesNotContain(run.Calls, each => each.Contains(Convert.ToBase64String(key.Secret), StringComparison.Ordinal));
        Assert.Contains(run.Calls, each => each.Contains("sites/func-demo/config/configreferences/appsettings/refresh", StringComparison.Ordinal));
    }

    [ToolFact]
    public async Task SigningKeys_ThatAreThere_StayAsTheyAre()
    {
        using var run = new HookRun().Answers("keyvault secret list", "signing-keys");
        Assert.Equal(0, (await run.RunAsync(Hook)).Code);
        Assert.DoesNotContain(run.Calls, each => each.Contains("secret set", StringComparison.Ordinal));
    }

    [ToolFact]
    public async Task Vault_WhoseRoleTakesTime_IsWaitedFor()
    {
        using var run = new HookRun().Answers("keyvault secret list", "", 1, once: true).Answers("keyvault secret list", "", 1, once: true);
        var result = await run.RunAsync(Hook);
        Assert.True(result.Code == 0, result.All);
        Assert.Equal(3, run.Calls.Count(each => each.Contains("secret list", StringComparison.Ordinal)));
        Assert.Contains(run.Calls, each => each.Contains("secret set", StringComparison.Ordinal));
    }

    [ToolFact]
    public async Task Vault_ThatStaysShut_EndsTheHook()
    {
        using var run = new HookRun().Answers("keyvault secret list", "", 1);
        var result = await run.RunAsync(Hook);
        Assert.NotEqual(0, result.Code);
        Assert.Contains("Given up", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Calls, each => each.Contains("secret set", StringComparison.Ordinal));
    }

    [ToolFact]
    public async Task SignIn_WithoutASecret_TrustsTheAppsIdentity()
    {
        using var run = new HookRun().Answers("account show", "33333333-3333-3333-3333-333333333333");
        Assert.Equal(0, (await run.RunAsync(Hook)).Code);
        Assert.Contains(run.Calls, each => each.EndsWith("--web-redirect-uris https://func-demo.azurewebsites.net/.auth/login/aad/callback", StringComparison.Ordinal));
        var credential = JsonDocument.Parse(run.FileGiven("credential.json")).RootElement;
        Assert.Equal("55555555-5555-5555-5555-555555555555", credential.GetProperty("subject").GetString());
        Assert.Equal("https://login.microsoftonline.com/33333333-3333-3333-3333-333333333333/v2.0", credential.GetProperty("issuer").GetString());
    }

    [ToolFact]
    public async Task SignIn_SetUpBefore_MakesNoSecondCredential()
    {
        using var run = new HookRun().Answers("federated-credential list", "55555555-5555-5555-5555-555555555555");
        Assert.Equal(0, (await run.RunAsync(Hook)).Code);
        Assert.DoesNotContain(run.Calls, each => each.Contains("federated-credential create", StringComparison.Ordinal));
    }

    [ToolFact]
    public async Task Trainer_WithoutAnImage_IsBuiltGivenToTheJobAndRemembered()
    {
        using var run = new HookRun();
        Assert.Equal(0, (await run.RunAsync(Hook)).Code);
        var build = Assert.Single(run.Calls, each => each.StartsWith("az acr build", StringComparison.Ordinal));
        Assert.Contains("--file src/Trainer/Dockerfile --build-arg TORCH=cuda", build, StringComparison.Ordinal);
        var remembered = Assert.Single(run.Calls, each => each.StartsWith("azd env set RLHF_TRAINER_IMAGE crdemo.azurecr.io/rlhf-trainer:cuda-", StringComparison.Ordinal));
        Assert.Contains(run.Calls, each => each.Contains("containerapp job update", StringComparison.Ordinal) && each.Contains(remembered.Split(' ')[^1], StringComparison.Ordinal));
    }

    [ToolFact]
    public async Task Trainer_OfThisVersion_IsNotBuiltAgain()
    {
        using var first = new HookRun();
        await first.RunAsync(Hook);
        using var second = new HookRun();
        second.Environment["RLHF_TRAINER_IMAGE"] = first.Calls.Single(each => each.StartsWith("azd env set RLHF_TRAINER_IMAGE", StringComparison.Ordinal)).Split(' ')[^1];
        Assert.Equal(0, (await second.RunAsync(Hook)).Code);
        Assert.DoesNotContain(second.Calls, each => each.Contains(" acr ", StringComparison.Ordinal));
    }

    [ToolFact]
    public async Task Trainer_PublishedElsewhere_IsImported()
    {
        using var run = new HookRun();
        run.Environment["RLHF_TRAINER_SOURCE"] = "ghcr.io/somebody/rlhf-trainer:v1";
        Assert.Equal(0, (await run.RunAsync(Hook)).Code);
        Assert.Contains(run.Calls, each => each.Contains("acr import --name crdemo --source ghcr.io/somebody/rlhf-trainer:v1", StringComparison.Ordinal));
        Assert.DoesNotContain(run.Calls, each => each.Contains("acr build", StringComparison.Ordinal));
    }

    [ToolFact]
    public async Task Trainer_FromAnotherSource_IsImportedAndTheSameOneIsNot()
    {
        var built = await ImageAsync("", "");
        var first = await ImageAsync("ghcr.io/somebody/rlhf-trainer:v1", built!);
        var second = await ImageAsync("ghcr.io/somebody/rlhf-trainer:v2", first!);
        Assert.Equal(3, new[] { built, first, second }.OfType<string>().Distinct().Count());
        Assert.Null(await ImageAsync("ghcr.io/somebody/rlhf-trainer:v2", second!));
    }

    [ToolFact]
    public async Task Trainer_ThatFailsToBuild_IsNotGivenToTheJob()
    {
        using var run = new HookRun().Answers("acr build", "", 1);
        Assert.NotEqual(0, (await run.RunAsync(Hook)).Code);
        Assert.DoesNotContain(run.Calls, each => each.Contains("job update", StringComparison.Ordinal) || each.Contains("RLHF_TRAINER_IMAGE", StringComparison.Ordinal));
    }

    [ToolFact]
    public async Task Deployment_ThatTrainsNowhere_BuildsNothing()
    {
        using var run = new HookRun();
        run.Environment["RLHF_REGISTRY_NAME"] = "";
        Assert.Equal(0, (await run.RunAsync(Hook)).Code);
        Assert.DoesNotContain(run.Calls, each => each.Contains(" acr ", StringComparison.Ordinal));
    }

    /// <returns>The image that the hook remembers; null where it keeps the one there is.</returns>
    private static async Task<string?> ImageAsync(string source, string remembered)
    {
        using var run = new HookRun();
        (run.Environment["RLHF_TRAINER_SOURCE"], run.Environment["RLHF_TRAINER_IMAGE"]) = (source, remembered);
        var result = await run.RunAsync(Hook);
        Assert.True(result.Code == 0, result.All);
        return run.Calls.SingleOrDefault(each => each.StartsWith("azd env set RLHF_TRAINER_IMAGE", StringComparison.Ordinal))?.Split(' ')[^1];
    }
}
