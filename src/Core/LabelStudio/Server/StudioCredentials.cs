using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Rlhf.LabelStudio.Server;

/// <summary>What goes into <c>Authorization</c>. A legacy token goes as it is (<c>Token …</c>); a personal access token is a JWT that is changed for short-lived ones (<c>Bearer …</c>).</summary>
/// <remarks>https://labelstud.io/guide/access_tokens</remarks>
internal sealed class StudioCredentials(string token, TimeProvider time) : IDisposable
{
    private const string Path = "api/token/refresh/";

    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim turn = new(1);
    private (string Token, DateTimeOffset Until)? access;

    public async Task<AuthenticationHeaderValue> GetAsync(HttpClient http, CancellationToken cancellation)
    {
        if (ExpiryOf(token) is null) return new("Token", token);
        await turn.WaitAsync(cancellation);
        try
        {
            if (access is not { } known || known.Until - Slack <= time.GetUtcNow()) access = await RefreshAsync(http, cancellation);
            return new("Bearer", access.Value.Token);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The server refused the short-lived token: the next call gets another.</summary>
    public void Forget() => access = null;

    public void Dispose() => turn.Dispose();

    private async Task<(string, DateTimeOffset)> RefreshAsync(HttpClient http, CancellationToken cancellation)
    {
        using var response = await http.PostAsJsonAsync(Path, new { refresh = token }, cancellation);
        if (!response.IsSuccessStatusCode) throw StudioErrors.Of(response.StatusCode, Path);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellation);
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("access", out var access) || access.ValueKind != JsonValueKind.String || access.GetString() is not { Length: > 0 } fresh)
            throw StudioErrors.Unexpected(Path, "has no access token");
        return (fresh, ExpiryOf(fresh) ?? time.GetUtcNow() + 2 * Slack);
    }

    /// <summary>When a JWT expires; null for what is none. Its signature is the server's to check.</summary>
    private static DateTimeOffset? ExpiryOf(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3) return null;
        try
        {
            var payload = parts[1].Replace('-', '+').Replace('_', '/');
            using var claims = JsonDocument.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(payload.PadRight((payload.Length + 3) / 4 * 4, '='))));
            return claims.RootElement.TryGetProperty("exp", out var expiry) ? DateTimeOffset.FromUnixTimeSeconds(expiry.GetInt64()) : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
