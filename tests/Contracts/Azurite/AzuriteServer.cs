using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Rlhf.Contracts.Azurite;

/// <summary>A real Azurite on free ports of this machine, in memory, for the tests of one assembly. Ended with them.</summary>
public sealed class AzuriteServer : IAsyncDisposable
{
    private const string Account = "devstoreaccount1";

    // Azurite's published development key; it opens nothing else.
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process process;
    private readonly TemporaryFolder folder;

    private AzuriteServer(Process process, TemporaryFolder folder, int blobs, int tables)
    {
        this.process = process;
        this.folder = folder;
        ConnectionString = $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};"
            + $"BlobEndpoint=http://127.0.0.1:{blobs}/{Account};TableEndpoint=http://127.0.0.1:{tables}/{Account};";
    }

    public string ConnectionString { get; }

    /// <summary>Why it can't run here, for a skipped test; null where it can.</summary>
    public static string? Obstacle { get; } =
        !Runs("node", "--version") ? "Node.js is not installed"
        : File.Exists(Script) || Runs(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", "ci --no-audit --no-fund --loglevel=error") ? null
        : "npm ci could not install Azurite";

    private static string Script => Repository.File("node_modules", "azurite", "dist", "src", "azurite.js");

    public static async Task<AzuriteServer> StartAsync()
    {
        var folder = new TemporaryFolder();
        var (blobs, queues, tables) = FreePorts();
        var start = new ProcessStartInfo("node",
        [
            Script, "--silent", "--skipApiVersionCheck", "--inMemoryPersistence", "--disableTelemetry",
            "--blobHost", "127.0.0.1", "--blobPort", $"{blobs}", "--queueHost", "127.0.0.1", "--queuePort", $"{queues}", "--tableHost", "127.0.0.1", "--tablePort", $"{tables}",
        ])
        { WorkingDirectory = folder.Path };
        var server = new AzuriteServer(Process.Start(start)!, folder, blobs, tables);
        await server.WaitAsync(blobs);
        await server.WaitAsync(tables);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Dispose();
    }

    private async Task WaitAsync(int port)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await AnswersAsync(port))
        {
            if (process.HasExited) throw new InvalidOperationException($"Azurite ended with code {process.ExitCode}.");
            if (TimeProvider.System.GetElapsedTime(start) > Patience) throw new TimeoutException($"Azurite did not answer on port {port} within {Patience}.");
            await Task.Delay(50);
        }
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static (int Blobs, int Queues, int Tables) FreePorts()
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, 3).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port).ToList();
        foreach (var listener in listeners) listener.Dispose();
        return (ports[0], ports[1], ports[2]);
    }

    private static bool Runs(string program, string arguments)
    {
        try
        {
            using var run = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true });
            run!.StandardOutput.ReadToEnd();
            run.WaitForExit();
            return run.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
