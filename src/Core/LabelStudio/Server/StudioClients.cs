using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;

namespace Rlhf.LabelStudio.Server;

/// <summary>One client for each server and token, kept for their connections and short-lived tokens. Secrets are read from configuration by name.</summary>
public sealed class StudioClients(IConfiguration configuration, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<(Uri, string), (HttpClient Http, StudioCredentials Credentials)> known = new();

    /// <exception cref="RlhfException"><c>label-studio-token</c>: the setting is empty.</exception>
    internal StudioClient Open(LabelStudioSettings server)
    {
        var token = configuration[server.TokenSetting]?.Trim();
        if (string.IsNullOrEmpty(token)) throw StudioErrors.NoToken(server.TokenSetting);
        var (http, credentials) = known.GetOrAdd((server.Url, token), key => (Connect(key.Item1), new(key.Item2, time)));
        return new(http, credentials, server.Project, time);
    }

    public void Dispose()
    {
        foreach (var (http, credentials) in known.Values)
        {
            http.Dispose();
            credentials.Dispose();
        }
    }

    private static HttpClient Connect(Uri server)
    {
        // A call's own limit is the client's, which counts its repetitions too. Redirections would carry the token elsewhere.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        return new(handler) { BaseAddress = new(server.ToString().TrimEnd('/') + "/"), Timeout = Timeout.InfiniteTimeSpan };
    }
}
