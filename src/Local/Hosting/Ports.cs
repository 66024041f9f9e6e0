using System.Net;
using System.Net.Sockets;

namespace Rlhf.Local.Hosting;

/// <summary>Finds a port on 127.0.0.1, stepping over those in use.</summary>
public static class Ports
{
    public const int First = 7270;

    private const int Tried = 50;

    /// <param name="wanted">0 lets the system choose.</param>
    /// <returns>A port that was free just now, and those stepped over.</returns>
    /// <exception cref="RlhfException"><c>no-free-port</c>.</exception>
    public static (int Port, IReadOnlyList<int> SteppedOver) Choose(int wanted)
    {
        if (wanted == 0) return (0, []);
        var taken = new List<int>();
        for (var port = wanted; port < Math.Min(wanted + Tried, 65536); port++)
        {
            if (IsFree(port)) return (port, taken);
            taken.Add(port);
        }
        throw new RlhfException("no-free-port", $"Ports {wanted} to {wanted + taken.Count - 1} of 127.0.0.1 are all in use.", "Name another with --port, or --port 0 for any.");
    }

    private static bool IsFree(int port)
    {
        using var socket = new TcpListener(IPAddress.Loopback, port) { ExclusiveAddressUse = true };
        try
        {
            socket.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
