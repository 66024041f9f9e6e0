using Microsoft.AspNetCore.Http;
using Rlhf.Web.Routing;

namespace Rlhf.Web.Security;

/// <summary>Headers of every answer. Scripts come from our own files only; nobody frames us; no address carries a token to elsewhere.</summary>
internal static class SecurityHeaders
{
    private const string Pages =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    // The report is one file with its styles inside; opened from the run's page it lives under that page's policy. It has no script.
    private const string PagesThatOpenReports =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string PagesThatHoldFrames = Pages + "; frame-src 'self'";

    // Styles stand in the template itself. Nothing is fetched: an address in a style sheet would tell somebody what is read here.
    private const string Frames =
        "sandbox allow-scripts; default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

    private const string Data = "default-src 'none'; frame-ancestors 'none'; sandbox";

    public static void Set(HttpResponse response, ApiRoute route)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = PolicyFor(route);
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = route.Frame == FrameRole.Part ? "cross-origin" : "same-origin";
        if (!route.IsPage) headers.CacheControl = "no-store";
    }

    private static string PolicyFor(ApiRoute route) => route switch
    {
        { IsPage: false } => Data,
        { Frame: FrameRole.Holder } => PagesThatHoldFrames,
        { Frame: FrameRole.Document } => Frames,
        { Pattern: "run" } => PagesThatOpenReports,
        _ => Pages,
    };
}
