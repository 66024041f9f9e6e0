using System.ClientModel;
using System.Net;
using System.Text.Json;
using Rlhf.Prompts;

namespace Rlhf.Generation.Endpoints;

/// <summary>What a failed call to an endpoint means.</summary>
/// <param name="Outcome">Told to the caller when no further attempt is made.</param>
/// <param name="RetryAfter">What the endpoint asked for, where it did.</param>
/// <param name="Fatal">Thrown instead of the outcome: nothing works with these settings.</param>
internal sealed record EndpointFailure(GenerationFailure Outcome, bool Retry, TimeSpan? RetryAfter = null, RlhfException? Fatal = null)
{
    /// <summary>Shorter prompts are said by chance as well, and say nothing.</summary>
    private const int ShortestPrompt = 8;

    /// <summary>Messages go into logs, so they may repeat neither; some endpoints quote the key that they refuse, and some what they were asked.</summary>
    public static EndpointFailure Of(Exception exception, GeneratorSettings settings, string? key, IReadOnlyList<Message> asked) =>
        Of(exception, settings).Without([(key ?? "", "[key]"), .. asked.Select(m => m.Content).Where(text => text.Length >= ShortestPrompt)
            .SelectMany(text => new[] { text, JsonEncodedText.Encode(text).ToString() }).Select(text => (text, "[prompt]"))]);

    private static EndpointFailure Of(Exception exception, GeneratorSettings settings) => exception switch
    {
        ClientResultException { Status: > 0 } refused => OfStatus(refused, settings),
        ClientResultException or HttpRequestException or IOException => Unreachable(exception, settings),
        AggregateException { InnerException: { } inner } => Of(inner, settings),
        Azure.Identity.AuthenticationFailedException => new(
            new("endpoint-error", exception.Message, false), false, Fatal: KeyRefused(settings, "no Azure identity could sign in", exception)),
        // The libraries read an answer without choices, with other types or that is no JSON in several ways, and each throws its own exception.
        _ => new(new("endpoint-error", $"'{settings.Name}' sent an answer that can't be read: {exception.Message}", true), true),
    };

    private EndpointFailure Without(IReadOnlyList<(string Text, string Instead)> secrets)
    {
        var hidden = secrets.Where(secret => secret.Text.Length > 0).ToList();
        string Hide(string text) => hidden.Aggregate(text, (said, secret) => said.Replace(secret.Text, secret.Instead, StringComparison.Ordinal));
        return this with
        {
            Outcome = Outcome with { Message = Hide(Outcome.Message) },
            // Without the inner exception, which quotes the answer whole.
            Fatal = Fatal?.ToString() is { } whole && Hide(whole) != whole
                ? new(Fatal.Code, Hide(Fatal.Message), Fatal.Remedy, Fatal.HttpStatus) { IsTransient = Fatal.IsTransient } : Fatal,
        };
    }

    private static EndpointFailure OfStatus(ClientResultException refused, GeneratorSettings settings)
    {
        var (code, message) = ReadError(refused);
        var said = $"'{settings.Name}' answered {refused.Status}{(code is null ? "" : $" {code}")}: {message}";
        return refused.Status switch
        {
            400 when code is "content_filter" or "content_policy_violation" => new(new("content-filter", said, false), false),
            400 when code is "context_length_exceeded" => new(new("prompt-too-long", said, false), false),
            401 or 403 => new(new("endpoint-error", said, false), false, Fatal: KeyRefused(settings, said, refused)),
            404 => new(new("endpoint-error", said, false), false, Fatal: ModelNotFound(settings, said, refused)),
            429 when code is "insufficient_quota" => new(new("rate-limited", said, false), false, Fatal: QuotaSpent(said, refused)),
            429 => new(new("rate-limited", said, true), true, RetryAfterOf(refused)),
            408 or >= 500 => new(new("endpoint-error", said, true), true, RetryAfterOf(refused)),
            _ => new(new("endpoint-error", said, false), false),
        };
    }

    private static EndpointFailure Unreachable(Exception exception, GeneratorSettings settings)
    {
        var message = $"'{settings.Name}' can't be reached at {settings.Endpoint?.ToString() ?? "api.openai.com"}: {exception.Message}";
        return new(new("endpoint-error", message, true), true, Fatal: new("endpoint-unreachable", message,
            "Check the address, and that the server is running and reachable from here.", 502, exception)
        { IsTransient = true });
    }

    private static RlhfException KeyRefused(GeneratorSettings settings, string said, Exception inner) => new("endpoint-key-refused", said,
        settings.Kind == GeneratorKind.AzureOpenAI
            ? $"Set Generators:{settings.Name}:Key or AZURE_OPENAI_API_KEY, or give the identity the role 'Cognitive Services OpenAI User' on the resource."
            : $"Check the key in Generators:{settings.Name}:Key or OPENAI_API_KEY.", inner: inner);

    private static RlhfException ModelNotFound(GeneratorSettings settings, string said, Exception inner) => new("endpoint-model-not-found", said,
        $"Check the generator's endpoint ({settings.Endpoint?.ToString() ?? "api.openai.com"}) and its model or deployment name ('{settings.Model}').", inner: inner);

    private static RlhfException QuotaSpent(string said, Exception inner) => new("endpoint-quota-spent", said,
        "Raise the account's quota or budget, then resume the campaign.", inner: inner);

    /// <summary>Both ways of saying it: <c>retry-after-ms</c> (Azure), and <c>Retry-After</c> in seconds or as a date.</summary>
    private static TimeSpan? RetryAfterOf(ClientResultException refused)
    {
        var headers = refused.GetRawResponse()?.Headers;
        if (headers is null) return null;
        if (headers.TryGetValue("retry-after-ms", out var text) && double.TryParse(text, out var milliseconds) && milliseconds >= 0)
            return TimeSpan.FromMilliseconds(milliseconds);
        if (!headers.TryGetValue("Retry-After", out text)) return null;
        if (double.TryParse(text, out var seconds) && seconds >= 0) return TimeSpan.FromSeconds(seconds);
        if (!DateTimeOffset.TryParse(text, out var at) || !headers.TryGetValue("Date", out var date) || !DateTimeOffset.TryParse(date, out var now)) return null;
        return at > now ? at - now : TimeSpan.Zero;
    }

    private static (string? Code, string Message) ReadError(ClientResultException refused)
    {
        try
        {
            using var document = JsonDocument.Parse(refused.GetRawResponse()?.Content?.ToString() ?? "");
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out var error)
                && error.ValueKind == JsonValueKind.Object)
                return (TextOf(error, "code"), TextOf(error, "message") ?? refused.Message);
        }
        catch (JsonException)
        {
            // Proxies answer in HTML; the status says enough.
        }
        return (null, Enum.IsDefined((HttpStatusCode)refused.Status) ? ((HttpStatusCode)refused.Status).ToString() : refused.Message);
    }

    private static string? TextOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
