using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Rlhf.Json;
using Rlhf.Local.Hosting;
using Rlhf.Training.Launching;

namespace Rlhf.Local.Azurite;

/// <summary>Azurite as a child process: Azure Storage on one machine, for <c>--azurite</c> and tests. It acknowledges a write before it saves it (five seconds at most), so it is not for keeping data.</summary>
public sealed class AzuriteProcess : IAsyncDisposable
{
    // Azurite's published development account; it opens nothing but a local Azurite.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private static readonly TimeSpan startsWithin = TimeSpan.FromSeconds(60);

    private readonly Process process;

    private AzuriteProcess(Process process, string connectionString)
    {
        this.process = process;
        ConnectionString = connectionString;
    }

    public string ConnectionString { get; }

    /// <exception cref="RlhfException"><c>node-missing</c>, <c>azurite-missing</c>, <c>azurite-not-started</c>.</exception>
    public static async Task<AzuriteProcess> StartAsync(DataFolder data, Action<string> say, CancellationToken cancellation)
    {
        if (Left(data) is { } left) return left;
        await CheckNodeAsync(cancellation);
        var script = await InstallAsync(data, say, cancellation);
        var ports = FreePorts(3);
        var log = Path.Combine(data.Logs, "azurite.log");
        Directory.CreateDirectory(data.Azurite);
        string[] command = ["node", script, "--silent", "--disableTelemetry", "--skipApiVersionCheck", "--location", data.Azurite,
            "--blobHost", "127.0.0.1", "--blobPort", $"{ports[0]}", "--queueHost", "127.0.0.1", "--queuePort", $"{ports[1]}",
            "--tableHost", "127.0.0.1", "--tablePort", $"{ports[2]}"];
        var process = Process.Start(DetachedProcess.Prepare(command, log)) ?? throw new InvalidOperationException("node did not start.");
        var azurite = new AzuriteProcess(process, $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{ports[0]}/{Account};QueueEndpoint=http://127.0.0.1:{ports[1]}/{Account};TableEndpoint=http://127.0.0.1:{ports[2]}/{Account};");
        try
        {
            await azurite.WaitUntilUpAsync(ports, log, cancellation);
            await File.WriteAllTextAsync(RecordOf(data), JsonSerializer.Serialize(new Record(ProcessIdentity.Of(process), azurite.ConnectionString), RlhfJson.Options), cancellation);
            return azurite;
        }
        catch
        {
            await azurite.DisposeAsync();
            throw;
        }
    }

    /// <summary>The one that a killed host left running: two on one folder would destroy it, and a trainer may be using it.</summary>
    private static AzuriteProcess? Left(DataFolder data)
    {
        try
        {
            var record = JsonSerializer.Deserialize<Record>(File.ReadAllText(RecordOf(data)), RlhfJson.Options);
            return record?.Process.Find() is { } process ? new(process, record.ConnectionString) : null;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    private static string RecordOf(DataFolder data) => Path.Combine(data.Root, "azurite.json");

    /// <summary>Asks it to end, so that it saves what it has acknowledged.</summary>
    public async ValueTask DisposeAsync()
    {
        using (process)
        {
            if (process.HasExited) return;
            await Terminate(process);
        }
    }

    private static async Task Terminate(Process process)
    {
        if (OperatingSystem.IsWindows())
        {
            process.Kill(entireProcessTree: true);
        }
        else
        {
            using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
            await kill.WaitForExitAsync();
        }
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static async Task CheckNodeAsync(CancellationToken cancellation)
    {
        const string remedy = "Install Node 20 or newer from https://nodejs.org, or leave out --azurite: nothing else needs it.";
        try
        {
            var (code, output) = await ReadAsync(Start("node", ["--version"]), cancellation);
            var version = output.Trim().TrimStart('v');
            if (code != 0 || !int.TryParse(version.Split('.')[0], out var major) || major < 20)
                throw new RlhfException("node-missing", $"--azurite needs Node 20 or newer, and this machine has '{version}'.", remedy);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new RlhfException("node-missing", "--azurite needs Node 20 or newer, and there is no 'node' on the path.", remedy, inner: e);
        }
    }

    private static async Task<string> InstallAsync(DataFolder data, Action<string> say, CancellationToken cancellation)
    {
        var root = SolutionFolder.Require("Azurite's package.json");
        var script = Path.Combine(root, "node_modules", "azurite", "dist", "src", "azurite.js");
        if (File.Exists(script)) return script;
        say("Installing Azurite (npm ci) ...");
        var npm = OperatingSystem.IsWindows() ? Start("cmd.exe", ["/d", "/c", "npm ci --no-audit --no-fund --loglevel=error"]) : Start("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
        npm.WorkingDirectory = root;
        var (code, output) = await ReadAsync(npm, cancellation);
        await File.WriteAllTextAsync(Path.Combine(data.Logs, "npm.log"), output, cancellation);
        return code == 0 && File.Exists(script) ? script : throw new RlhfException("azurite-missing",
            $"Azurite could not be installed (npm ci ended with {code}): {LogTail.Of(Path.Combine(data.Logs, "npm.log"), 3)}", "Check the network or the npm registry, or leave out --azurite.");
    }

    private async Task WaitUntilUpAsync(int[] ports, string log, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(startsWithin);
        try
        {
            foreach (var port in ports)
            {
                while (!await AnswersAsync(port, patience.Token))
                {
                    if (process.HasExited) throw NotStarted($"it ended with code {process.ExitCode}", log);
                    await Task.Delay(100, patience.Token);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw NotStarted($"it did not answer within {startsWithin.TotalSeconds:0} s", log);
        }
    }

    private static RlhfException NotStarted(string why, string log) =>
        new("azurite-not-started", $"Azurite did not start: {why}. {LogTail.Of(log, 3)}", $"Its log is {log}.", 500);

    private static async Task<bool> AnswersAsync(int port, CancellationToken cancellation)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(System.Net.IPAddress.Loopback, 0)).ToList();
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.Select(l => ((System.Net.IPEndPoint)l.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }

    private static ProcessStartInfo Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return start;
    }

    private static async Task<(int Code, string Output)> ReadAsync(ProcessStartInfo start, CancellationToken cancellation)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var child = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        var output = child.StandardOutput.ReadToEndAsync(cancellation);
        var error = child.StandardError.ReadToEndAsync(cancellation);
        await child.WaitForExitAsync(cancellation);
        return (child.ExitCode, await output + await error);
    }

    private sealed record Record(ProcessIdentity Process, string ConnectionString);
}
