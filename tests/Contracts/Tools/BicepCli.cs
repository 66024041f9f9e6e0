using System.Reflection;

namespace Rlhf.Contracts.Tools;

/// <summary>The Bicep CLI: of its package on Linux x64, else the one on the PATH.</summary>
public static class BicepCli
{
    /// <summary>Null where there is none.</summary>
    public static string? Path { get; } = Find();

    private static string? Find()
    {
        var package = typeof(BicepCli).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "Bicep")?.Value;
        if (!string.IsNullOrEmpty(package)) return System.IO.Path.Combine(package, "tools", "bicep");
        var name = OperatingSystem.IsWindows() ? "bicep.exe" : "bicep";
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Select(folder => System.IO.Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}
