using System.Net;

namespace Rlhf.LabelStudio.Server;

/// <summary>A Label Studio server's refusals, with the way out.</summary>
internal static class StudioErrors
{
    public static RlhfException Of(HttpStatusCode status, string path) => status switch
    {
        HttpStatusCode.Unauthorized => new("label-studio-token", "The Label Studio server does not take the token (401).",
            "Make a new one under Account & Settings there, and put it into the setting that the campaign names.", 502),
        HttpStatusCode.Forbidden => new("label-studio-forbidden", $"The token may not use '{path}' on the Label Studio server (403).", "Give its user access to the project.", 502),
        HttpStatusCode.NotFound => new("label-studio-not-found", $"The Label Studio server has no '{path}' (404).", "Check the server's address and the project's number.", 502),
        HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => Away($"answers {(int)status} to '{path}'"),
        _ => new("label-studio-refused", $"The Label Studio server answers {(int)status} to '{path}'.", "Look at its log; it may be of a version that speaks differently.", 502),
    };

    public static RlhfException Away(string what, Exception? inner = null) =>
        new("label-studio-away", $"The Label Studio server {what}.", "It is tried again by itself; if it stays, check the server and its address.", 503, inner) { IsTransient = true };

    /// <summary>It answers, in JSON even, and not as Label Studio does.</summary>
    public static RlhfException Unexpected(string path, string what) => new("label-studio-unexpected", $"The Label Studio server's answer to '{path}' {what}.",
        "Check that the campaign names a Label Studio server's address; it may also be of a version that speaks differently.", 502);

    public static RlhfException NoToken(string setting) => new("label-studio-token", $"The setting {setting}, which the campaign names for the Label Studio server's token, is empty.",
        $"Set {setting} in the host's configuration and start it again.", 500);
}
