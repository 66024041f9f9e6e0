using System.ComponentModel;
using System.Diagnostics;
using Rlhf.Contracts.Azurite;

namespace Rlhf.Contracts.Tools;

/// <summary>Why a tool can't be used here; null where it can.</summary>
public static class Obstacles
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Lazy<string?> SmallDisk = new(() => MayMount() ? null : "a small file system can't be mounted here");

    public static string? To(Tool tool) => tool switch
    {
        Tool.Azurite => AzuriteServer.Obstacle is { } obstacle ? $"no Azurite, {obstacle}" : null,
        Tool.SmallDisk => SmallDisk.Value,
        Tool.Bicep => BicepCli.Path is null ? "no Bicep CLI: its package is for Linux on x64, elsewhere bicep has to be on the PATH" : null,
        _ => OperatingSystem.IsWindows() ? "no /bin/sh on Windows" : null,
    };

    private static bool MayMount()
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            using var process = Process.Start(new ProcessStartInfo("unshare", ["-m", "true"]) { RedirectStandardError = true })!;
            return process.WaitForExit(Patience) && process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
