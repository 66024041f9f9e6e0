using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Rlhf.Web.Routing;

namespace Rlhf.Web.Security;

/// <summary>What a request must look like before anybody asks who sends it.</summary>
internal static class RequestDefence
{
    /// <exception cref="RlhfException"><c>host-not-allowed</c>, <c>foreign-origin</c>, <c>json-only</c> or <c>body-too-large</c>.</exception>
    public static void Check(HttpRequest request, ApiRoute route, WebOptions options)
    {
        CheckHost(request, options);
        if (route.IsWrite)
        {
            CheckOrigin(request);
            CheckContentType(request, route);
        }
        if (request.ContentLength > route.MaximumBody) throw TooLarge(route);
    }

    public static RlhfException TooLarge(ApiRoute route) =>
        new("body-too-large", $"The body is larger than the {route.MaximumBody:N0} bytes that {route.Name} takes.", "Send less, or in parts.", StatusCodes.Status413PayloadTooLarge);

    // A page elsewhere whose name was made to point here (DNS rebinding) carries its own name.
    private static void CheckHost(HttpRequest request, WebOptions options)
    {
        if (options.AllowedHosts.Count == 0 || options.AllowedHosts.Contains(request.Host.Host, StringComparer.OrdinalIgnoreCase)) return;
        throw new RlhfException("host-not-allowed", $"This server does not answer to the name '{request.Host.Host}'.", $"Use one of: {string.Join(", ", options.AllowedHosts)}, or allow the name when you start it.", StatusCodes.Status421MisdirectedRequest);
    }

    private static void CheckOrigin(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        var crossSite = request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site";
        var matches = origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
        if (matches && !crossSite) return;
        throw new RlhfException("foreign-origin", $"A page of '{(origin.Length == 0 ? "another site" : origin)}' may not write here.", "Use this server's own pages, or a program that sends no Origin.", StatusCodes.Status403Forbidden);
    }

    private static void CheckContentType(HttpRequest request, ApiRoute route)
    {
        if (route.TakesFile || (string.IsNullOrEmpty(request.ContentType) && route.Request is null)) return;
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)) return;
        throw new RlhfException("json-only", $"{route.Name} takes application/json, not '{request.ContentType}'.", "Send JSON with 'Content-Type: application/json'.", StatusCodes.Status415UnsupportedMediaType);
    }
}
