namespace Rlhf.Local.Hosting;

/// <summary>Where this host answers; known once it listens.</summary>
public sealed class HostAddress : IDisposable
{
    private Uri? address;

    public Uri Address
    {
        get => address ?? throw new InvalidOperationException("The host does not listen yet.");
        set
        {
            address = value;
            Client.BaseAddress = value;
        }
    }

    /// <summary>For those on this machine that use the same HTTP API as everybody.</summary>
    public HttpClient Client { get; } = new() { Timeout = TimeSpan.FromSeconds(60) };

    public void Dispose() => Client.Dispose();
}
