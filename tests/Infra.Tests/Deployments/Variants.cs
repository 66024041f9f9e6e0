namespace Rlhf.Infra.Tests.Deployments;

/// <summary>The deployments that are looked at, each predicted once.</summary>
internal static class Variants
{
    private const string Deployer = "11111111-1111-1111-1111-111111111111";

    public static readonly string[] Usual =
    [
        "param environmentName = 'demo'",
        "param location = 'swedencentral'",
        $"param principalId = '{Deployer}'",
        "param authClientId = '22222222-2222-2222-2222-222222222222'",
    ];

    public static readonly string[] Everything =
    [
        .. Usual,
        "param trainer = 'a100'",
        "param openAi = true",
        "param openAiFineTuning = true",
        "param backend = 'DurableTaskScheduler'",
        "param extraHosts = 'label.example.com'",
        "param alwaysReadyHttp = 1",
    ];

    public static readonly string[] Least = [.. Usual, "param trainer = 'none'", "param openAi = true"];

    private static readonly Lazy<Task<string>> TemplateOnce = new(() => Bicep.BuildAsync(Repository.PathOf("infra", "main.bicep")));
    private static readonly Lazy<Task<Deployment>> UsualOnce = new(() => PredictAsync(Usual));
    private static readonly Lazy<Task<Deployment>> EverythingOnce = new(() => PredictAsync(Everything));
    private static readonly Lazy<Task<Deployment>> LeastOnce = new(() => PredictAsync(Least));

    /// <summary>The ARM template of <c>main.bicep</c>.</summary>
    public static Task<string> TemplateAsync() => TemplateOnce.Value;

    public static Task<Deployment> UsualAsync() => UsualOnce.Value;

    public static Task<Deployment> EverythingAsync() => EverythingOnce.Value;

    public static Task<Deployment> LeastAsync() => LeastOnce.Value;

    public static bool IsDeployer(string principal) => principal == Deployer;

    public static async Task<Deployment> PredictAsync(string[] parameters)
    {
        using var infra = Repository.CopyInfra();
        return await Bicep.PredictAsync(infra.Path, parameters);
    }
}
