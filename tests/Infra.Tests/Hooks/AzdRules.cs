using System.Management.Automation.Language;
using Rlhf.Infra.Tests.Workflows;

namespace Rlhf.Infra.Tests.Hooks;

/// <summary>What <c>azure.yaml</c> must keep to, so that one command deploys; none means it is kept.</summary>
internal static class AzdRules
{
    private static readonly string[] Expected = ["preprovision", "postprovision", "postdeploy"];

    public static async Task<IReadOnlyList<string>> CheckAsync(string text, string root)
    {
        var problems = new List<string>();
        var project = Yaml.Read(text);
        if (!File.Exists(Path.Combine(root, project.Text("infra", "path") ?? "", $"{project.Text("infra", "module")}.bicep"))) problems.Add("the template is not there");
        foreach (var (name, service) in project.Find("services").Entries())
            if (!Directory.Exists(Path.Combine(root, service.Text("project") ?? "?"))) problems.Add($"the project of {name} is not there");
        foreach (var name in Expected)
            foreach (var system in new[] { "posix", "windows" })
                problems.AddRange((await HookAsync(project.Text("hooks", name, system, "run"), root)).Select(problem => $"{name} on {system}: {problem}"));
        return problems;
    }

    private static async Task<IEnumerable<string>> HookAsync(string? script, string root)
    {
        if (script is null) return ["none"];
        var path = Path.GetFullPath(Path.Combine(root, script));
        if (!File.Exists(path)) return [$"{script} is not there"];
        return path.EndsWith(".ps1", StringComparison.Ordinal) ? PowerShell(path) : await ShellAsync(path);
    }

    private static IEnumerable<string> PowerShell(string path)
    {
        Parser.ParseFile(path, out _, out var errors);
        return errors.Select(error => $"line {error.Extent.StartLineNumber}: {error.Message}");
    }

    private static async Task<IEnumerable<string>> ShellAsync(string path)
    {
        if (OperatingSystem.IsWindows()) return [];
        if (!File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute)) return ["not executable"];
        var result = await Command.RunAsync("bash", Path.GetDirectoryName(path)!, null, "-n", path);
        return result.Code == 0 ? [] : [result.Errors];
    }
}
