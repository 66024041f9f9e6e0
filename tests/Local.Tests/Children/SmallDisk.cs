using System.Diagnostics;
using Rlhf.Contracts;

namespace Rlhf.Local.Tests.Children;

/// <summary>Runs a child program on a file system of its own, a few megabytes small, that vanishes with it. Tests that use it need <see cref="Rlhf.Contracts.Tools.Tool.SmallDisk"/>.</summary>
internal static class SmallDisk
{
    /// <param name="options">Mount options, e.g. <c>ro</c>.</param>
    /// <returns>What the child said.</returns>
    public static async Task<IReadOnlyList<string>> RunAsync(string name, string options, int megabytes = 2)
    {
        using var folder = new TemporaryFolder();
        var program = Path.Combine(AppContext.BaseDirectory, "Rlhf.Local.Tests");
        var script = $"mount -t tmpfs -o size={megabytes}m,{options} tmpfs '{folder.Path}' && exec '{program}' child {name} '{folder.Path}'";
        using var process = Process.Start(new ProcessStartInfo("unshare", ["-m", "sh", "-c", script]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(2));
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(0, process.ExitCode);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Replace(folder.Path, "DISK", StringComparison.Ordinal))];
    }
}
