using Rlhf.Infra.Tests.Workflows;

namespace Rlhf.Infra.Tests.Hooks;

public sealed class AzdTests
{
    private static string Project => File.ReadAllText(Repository.PathOf("azure.yaml"));

    [Fact]
    public async Task Project_AsItIs_KeepsTheRules() => Assert.Empty(await AzdRules.CheckAsync(Project, Repository.Root));

    [Fact]
    public void Service_OfTheProject_IsTheAppTheTemplateTags()
    {
        var service = Assert.Single(Yaml.Read(Project).Find("services").Entries());
        Assert.Contains($"'azd-service-name': '{service.Key}'", File.ReadAllText(Repository.PathOf("infra", "modules", "functionApp.bicep")), StringComparison.Ordinal);
    }

    [Fact]
    public void Events_AreSubscribedTo_ByTheLastHookOnly()
    {
        var hooks = Directory.EnumerateFiles(Repository.PathOf("infra", "hooks")).Where(file => File.ReadAllText(file).Contains("--template-file infra/inbox-events.bicep", StringComparison.Ordinal));
        Assert.Equal(["postdeploy.ps1", "postdeploy.sh"], hooks.Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [ToolTheory]
    [Needs(Tool.Shell)]
    [InlineData("postdeploy:", "afterdeploy:", "postdeploy on posix: none")]
    [InlineData("hooks/preprovision.sh", "hooks/prepare.sh", "is not there")]
    [InlineData("module: main", "module: other", "the template is not there")]
    [InlineData("project: ./src/Functions", "project: ./src/App", "the project of app is not there")]
    public async Task Rules_OnAMutatedProject_NameWhatIsBroken(string from, string to, string problem)
    {
        Assert.Contains(from, Project, StringComparison.Ordinal);
        Assert.Contains(await AzdRules.CheckAsync(Project.Replace(from, to, StringComparison.Ordinal), Repository.Root), each => each.Contains(problem, StringComparison.Ordinal));
    }

    [ToolTheory]
    [Needs(Tool.Shell)]
    [InlineData("preprovision.sh", "signed_in() {", "signed_in() ", "preprovision on posix")]
    [InlineData("preprovision.ps1", "function Confirm-SignedIn {", "function Confirm-SignedIn ", "preprovision on windows: line")]
    public async Task Rules_OnAScriptThatCantBeRead_NameIt(string script, string from, string to, string problem)
    {
        using var copy = CopyProject();
        var path = Path.Combine(copy.Path, "infra", "hooks", script);
        var text = await File.ReadAllTextAsync(path);
        Assert.Contains(from, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, text.Replace(from, to, StringComparison.Ordinal));
        Assert.Contains(await AzdRules.CheckAsync(Project, copy.Path), each => each.StartsWith(problem, StringComparison.Ordinal));
    }

    [ToolFact]
    [Needs(Tool.Shell)]
    public async Task Rules_OnAScriptThatCantBeRun_NameIt()
    {
        using var copy = CopyProject();
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path.Combine(copy.Path, "infra", "hooks", "postdeploy.sh"), UnixFileMode.UserRead);
        Assert.Contains("postdeploy on posix: not executable", await AzdRules.CheckAsync(Project, copy.Path));
    }

    private static TemporaryFolder CopyProject()
    {
        using var infra = Repository.CopyInfra();
        var copy = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(copy.Path, "src", "Functions"));
        Directory.Move(infra.Path, Path.Combine(copy.Path, "infra"));
        Directory.CreateDirectory(infra.Path);
        return copy;
    }
}
