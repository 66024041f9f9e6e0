using System.Net;
using System.Net.Sockets;
using Rlhf.Local.Hosting;

namespace Rlhf.Local.Tests.Hosting;

public sealed class HostLockTests : IDisposable
{
    private readonly DataFolder data = DataFolder.Open(Directory.CreateTempSubdirectory("rlhf-lock-").FullName);

    public void Dispose() => Directory.Delete(data.Root, recursive: true);

    [Fact]
    public void Take_AlreadyHeld_NamesTheRunningHostsLink()
    {
        using var first = HostLock.Take(data);
        first.Announce(new Uri("http://127.0.0.1:4711/"), "http://127.0.0.1:4711/#secret");

        var error = Assert.Throws<RlhfException>(() => HostLock.Take(data));

        Assert.Equal("already-running", error.Code);
        Assert.Contains("http://127.0.0.1:4711/#secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Take_AfterTheHolderEnded_IsFree()
    {
        HostLock.Take(data).Dispose();

        using var again = HostLock.Take(data);

        Assert.Null(HostLock.ReadRunning(data));
    }

    [Fact]
    public void Open_UnwritableFolder_SaysSo()
    {
        var file = Path.Combine(data.Root, "a-file");
        File.WriteAllText(file, "");

        var error = Assert.Throws<RlhfException>(() => DataFolder.Open(file));

        Assert.Equal("data-folder-not-writable", error.Code);
        Assert.Contains("--data", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void OwnerToken_LoadedTwice_IsTheSameAndNobodyElsesToRead()
    {
        var token = OwnerToken.Load(data);

        Assert.Equal(token, OwnerToken.Load(data));
        Assert.True(token.Length >= 16);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(data.OwnerToken));
    }

    [Fact]
    public void Choose_PortInUse_IsSteppedOverAndSaid()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var wanted = ((IPEndPoint)taken.LocalEndpoint).Port;

        var (port, steppedOver) = Ports.Choose(wanted);

        Assert.True(port > wanted);
        Assert.Equal(wanted, steppedOver[0]);
    }
}
