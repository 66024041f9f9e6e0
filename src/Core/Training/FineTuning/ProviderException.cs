using System.Net;
using System.Text.Json;

namespace Rlhf.Training.FineTuning;

/// <summary>The provider refused a call, or could not be reached.</summary>
/// <param name="status">Null where no answer came.</param>
/// <param name="code">The provider's own, e.g. <c>InsufficientQuota</c>.</param>
/// <param name="retryAfter">What it asked for, where it did.</param>
internal sealed class ProviderException(HttpStatusCode? status, string? code, string message, TimeSpan? retryAfter = null, Exception? inner = null)
    : Exception(message, inner)
{
    public HttpStatusCode? Status => status;

    public string? Code => code;

    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>Whether the same call may succeed later: rate limits, time-outs, the provider's own trouble. A spent quota does not come back by itself.</summary>
    public bool IsTransient => status is null or HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict or >= HttpStatusCode.InternalServerError
        || status == HttpStatusCode.TooManyRequests && code != "insufficient_quota";

    public bool IsRefusedKey => status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;

    /// <param name="what">What was asked, e.g. <c>GET …/files</c>; never with a query or a header.</param>
    public static async Task<ProviderException> OfAsync(string what, HttpResponseMessage response, TimeProvider time, CancellationToken cancellation)
    {
        var (code, said) = ReadError(await response.Content.ReadAsStringAsync(cancellation));
        return new(response.StatusCode, code, $"{what}: {(int)response.StatusCode}{(code is null ? "" : $" {code}")}: {said ?? response.ReasonPhrase}", RetryAfterOf(response, time));
    }

    /// <summary><c>Retry-After</c> in seconds or as a date, or Azure's <c>retry-after-ms</c>.</summary>
    private static TimeSpan? RetryAfterOf(HttpResponseMessage response, TimeProvider time)
    {
        if (response.Headers.TryGetValues("retry-after-ms", out var values) && double.TryParse(values.First(), out var milliseconds) && milliseconds >= 0)
            return TimeSpan.FromMilliseconds(milliseconds);
        return response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow() is { Ticks: > 0 } wait ? wait : TimeSpan.Zero,
            _ => null,
        };
    }

    private static (string? Code, string? Message) ReadError(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                ? (TextOf(error, "code"), TextOf(error, "message"))
                : default;
        }
        catch (JsonException)
        {
            // A proxy answers in HTML; the status says enough.
            return default;
        }
    }

    private static string? TextOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
