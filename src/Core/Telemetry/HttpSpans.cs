using System.Diagnostics;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Instrumentation.Http;

namespace Rlhf.Telemetry;

/// <summary>What spans of HTTP say: no query string, no header, no body, and of a path only what its route is.</summary>
public static class HttpSpans
{
    private const string Query = "url.query";
    private const string Url = "url.full";
    private const string Unmatched = "/…";

    /// <summary>On every request of Azure Storage's libraries.</summary>
    private const string StorageHeader = "x-ms-version";

    // A person's browser and address say who an annotator is.
    private static readonly string[] personal = ["user_agent.original", "client.address", "network.peer.address", "network.peer.port"];

    public static void Configure(AspNetCoreTraceInstrumentationOptions options)
    {
        options.RecordException = false;
        options.EnrichWithHttpRequest = (span, _) =>
        {
            foreach (var name in personal) span.SetTag(name, null);
            span.SetTag(Query, null);
            // An address may be anything until a route is found for it; RouteRunner puts the route here.
            span.SetTag(Tags.Path, Unmatched);
        };
    }

    public static void Configure(HttpClientTraceInstrumentationOptions options)
    {
        options.RecordException = false;
        options.FilterHttpRequestMessage = IsWorthASpan;
        options.EnrichWithHttpRequestMessage = (span, request) => span.SetTag(Url, Shown(request.RequestUri));
    }

    /// <summary>Calls of storage would be nine spans of ten, and those between the Functions worker and its host say what Durable's own spans say.</summary>
    private static bool IsWorthASpan(HttpRequestMessage request)
    {
        if (request.Headers.Contains(StorageHeader)) return false;
        var path = request.RequestUri?.AbsolutePath ?? "";
        return !path.StartsWith("/TaskHubSidecarService/", StringComparison.Ordinal) && !path.StartsWith("/AzureFunctionsRpcMessages.", StringComparison.Ordinal);
    }

    /// <summary>Scheme, host and path. A table's row is left out, since rows are called after annotators too, and so is every query: signatures stand there.</summary>
    public static string? Shown(Uri? address)
    {
        if (address is not { IsAbsoluteUri: true }) return null;
        var path = address.AbsolutePath;
        var row = path.IndexOf('(', StringComparison.Ordinal);
        return address.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) + (row < 0 ? path : path[..row]);
    }

    /// <summary>The route that a request took, for its server span.</summary>
    public static void SetRoute(Activity? span, string pattern)
    {
        if (span is not { IsAllDataRequested: true }) return;
        span.SetTag(Tags.Route, "/" + pattern).SetTag(Tags.Path, "/" + pattern);
    }
}
