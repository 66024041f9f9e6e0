using System.Reflection;
using Rlhf.Contracts;

namespace Rlhf.Core.Tests.Settings;

/// <summary><see cref="AppSettings"/> is the whole list: the deployment is held to it, so a key that is read past it would be missing in Azure.</summary>
public sealed class AppSettingsTests
{
    /// <summary>A campaign names the setting, below a prefix of its own (LabelStudioRules).</summary>
    private static readonly string[] Named = ["LabelStudioSettings.TokenSetting", "LabelStudioSettings.WebhookSetting"];

    private static readonly HashSet<string> Listed =
        [.. typeof(AppSettings).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!)];

    private static readonly Lazy<IReadOnlyList<(string Path, string Text)>> Sources = new(() =>
        [.. ((string[])["Core", "Functions"]).SelectMany(project => Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", project), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(folder => folder is "obj" or "bin")).Select(file => (file, File.ReadAllText(file)))]);

    [Fact]
    public void Keys_ReadAnywhere_AreListed()
    {
        var reads = SettingReads.In(Sources.Value, Named);
        Assert.Empty(reads.Unknown);
        Assert.Empty(reads.Keys.Except(Listed));
        // Those whose reading takes a method, a constant or a choice between two to find.
        Assert.Superset(new HashSet<string> { AppSettings.Storage, AppSettings.SigningKeys, AppSettings.TracesExporter, AppSettings.FineTuningAccount, AppSettings.OpenAIKey, AppSettings.AzureOpenAIKey, AppSettings.PlatformHostName }, new HashSet<string>(reads.Keys));
    }

    [Theory]
    [InlineData("configuration[\"RLHF_NEW\"]")]
    [InlineData("configuration?[\"RLHF_NEW\"]")]
    [InlineData("configuration.GetSection(\"RLHF_NEW\").Value")]
    [InlineData("configuration.GetConnectionString(\"RLHF_NEW\")")]
    [InlineData("Environment.GetEnvironmentVariable(\"RLHF_NEW\")")]
    [InlineData("configuration[Own]")]
    [InlineData("Find(\"RLHF_NEW\")")]
    [InlineData("configuration[DateTime.Now.Hour > 1 ? AppSettings.Storage : Own]")]
    public void Keys_OfASourceThatReadsAnother_AreFound(string read)
    {
        var reads = ReadsOf("Sample.cs", Sample(read));
        Assert.Contains("RLHF_NEW", reads.Keys.Except(Listed));
    }

    [Theory]
    [InlineData("configuration[$\"Generators:{configuration}:Key\"]")]
    [InlineData("configuration[DateTime.Now.ToString()]")]
    public void Keys_ThatCantBeTold_AreNamedWithTheirPlace(string read) =>
        Assert.StartsWith("Sample.cs(5): ", Assert.Single(ReadsOf("Sample.cs", Sample(read)).Unknown), StringComparison.Ordinal);

    [Fact]
    public void Keys_OfAMutatedSource_AreFound()
    {
        var clients = Sources.Value.Single(source => source.Path.EndsWith("EndpointClients.cs", StringComparison.Ordinal)).Text;
        var mutated = clients.Replace("configuration[AppSettings.AzureOpenAIEndpoint]", "configuration[\"AZURE_OPENAI_ADDRESS\"]", StringComparison.Ordinal);
        Assert.Empty(ReadsOf("EndpointClients.cs", clients).Keys.Except(Listed));
        Assert.Equal(["AZURE_OPENAI_ADDRESS"], ReadsOf("EndpointClients.cs", mutated).Keys.Except(Listed));
    }

    /// <summary>Of one file beside the list.</summary>
    private static SettingReads ReadsOf(string path, string text) => SettingReads.In([Sources.Value.Single(source => source.Path.EndsWith("AppSettings.cs", StringComparison.Ordinal)), (path, text)], Named);

    private static string Sample(string read) => $$"""
        using Microsoft.Extensions.Configuration;
        public sealed class Sample(IConfiguration configuration)
        {
            private const string Own = "RLHF_NEW";
            public string? Read() => {{read}};
            private string? Find(string name) => configuration[name];
        }
        """;
}
