using System.Diagnostics;
using Rlhf.Local.Hosting;

namespace Rlhf.Local.Checks;

/// <summary>Every check, for <c>rlhf doctor</c>.</summary>
public static class Doctor
{
    public static async Task<IReadOnlyList<Check>> ExamineAsync(DataFolder data, CancellationToken cancellation) =>
    [
        await SdkAsync(cancellation),
        .. MachineChecks.Quick(data, null),
        Trainer(),
        Port(),
        Running(data),
        await NodeAsync(cancellation),
    ];

    private static async Task<Check> SdkAsync(CancellationToken cancellation)
    {
        var version = await VersionOfAsync("dotnet", cancellation);
        return version is not null && int.TryParse(version.Split('.')[0], out var major) && major >= 10
            ? new(".NET SDK", version)
            : new(".NET SDK", version ?? "none", "The .NET SDK 10 is needed to build the trainer.", "Install it from https://dotnet.microsoft.com/download.");
    }

    private static Check Trainer() => MachineChecks.LibtorchIsHere()
        ? new("libtorch", "downloaded")
        : new("libtorch", "not downloaded yet; the first run does it in the background (about 700 MB)");

    private static Check Port()
    {
        var (port, steppedOver) = Ports.Choose(Ports.First);
        return new("port", steppedOver.Count == 0 ? $"{port} is free" : $"{string.Join(", ", steppedOver)} in use, {port} is free");
    }

    private static Check Running(DataFolder data)
    {
        try
        {
            HostLock.Take(data).Dispose();
            return new("host", "none is running on this data folder");
        }
        catch (RlhfException e) when (e.Code == "already-running")
        {
            return new("host", e.Message);
        }
    }

    private static async Task<Check> NodeAsync(CancellationToken cancellation) =>
        new("Node (only for --azurite)", await VersionOfAsync("node", cancellation) ?? "none");

    private static async Task<string?> VersionOfAsync(string program, CancellationToken cancellation)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true, RedirectStandardError = true });
            if (process is null) return null;
            var output = await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0 ? output.Trim() : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
