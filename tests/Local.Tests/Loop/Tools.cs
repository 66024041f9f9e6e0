using Rlhf.Local.Hosting;

namespace Rlhf.Local.Tests.Loop;

/// <summary>What some tests need and not every machine has.</summary>
internal static class Tools
{
    public static bool HasAzurite => SolutionFolder.Find() is { } root && File.Exists(Path.Combine(root, "node_modules", "azurite", "dist", "src", "azurite.js")) && HasNode;

    private static bool HasNode => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? "node.exe" : "node")));
}
