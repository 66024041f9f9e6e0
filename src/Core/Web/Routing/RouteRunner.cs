using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rlhf.Labeling.Invites;
using Rlhf.LabelStudio.Server;
using Rlhf.Telemetry;
using Rlhf.Web.Security;

namespace Rlhf.Web.Routing;

/// <summary>What happens around every handler, on every host: the door's checks, who is calling, and problem details for whatever goes wrong.</summary>
public sealed class RouteRunner(WebOptions options, IOwnerAccess owner, ILogger<RouteRunner> logger)
{
    public const string InviteHeader = "X-Rlhf-Invite";

    public async Task<IResult> RunAsync(ApiRoute route, HttpContext http)
    {
        SecurityHeaders.Set(http.Response, route);
        var ids = WorkIds.OfRoute(http.Request.RouteValues);
        Describe(route, http, ids);
        // On Functions the current span is the function's, which knows nothing of the request where the host sends no telemetry.
        Activity.Current = http.Features.Get<IHttpActivityFeature>()?.Activity ?? Activity.Current;
        using var scope = logger.BeginScope(ids);
        try
        {
            RequestDefence.Check(http.Request, route, options);
            LimitBody(http, route);
            var invite = await AuthorizeAsync(route, http);
            return await route.Handler(new(http, route, invite));
        }
        catch (Exception e)
        {
            return Problem(route, http, e);
        }
    }

    private static void Describe(ApiRoute route, HttpContext http, WorkIds ids)
    {
        var request = http.Features.Get<IHttpActivityFeature>()?.Activity;
        HttpSpans.SetRoute(request, route.Pattern);
        ids.Tag(request);
        ids.Tag(Activity.Current);
    }

    private async Task<Invite?> AuthorizeAsync(ApiRoute route, HttpContext http)
    {
        if (route.Policy == AccessPolicy.Anonymous) return null;
        if (route.Policy == AccessPolicy.Annotator)
        {
            var campaign = CampaignId.From(http.Request.RouteValues["campaign"] as string ?? "");
            return await http.RequestServices.GetRequiredService<InviteService>().AuthenticateAsync(campaign, http.Request.Headers[InviteHeader], http.RequestAborted);
        }
        if (route.Policy == AccessPolicy.Webhook)
        {
            var campaign = CampaignId.From(http.Request.RouteValues["campaign"] as string ?? "");
            await http.RequestServices.GetRequiredService<StudioWebhook>().AuthorizeAsync(campaign, http.Request.Headers[StudioWebhook.Header], http.RequestAborted);
            return null;
        }
        if (await owner.IsOwnerAsync(http.Request)) return null;
        throw new RlhfException("owner-only", "This is for the campaign's owner, and the request does not prove to come from there.", owner.SignInPath is { } path
            ? $"Sign in at {path} as one of the owners." : "Open the owner's link again, or send its token as 'Authorization: Bearer …'.", 401);
    }

    private IResult Problem(ApiRoute route, HttpContext http, Exception exception)
    {
        switch (exception)
        {
            case RlhfException known:
                if (known.HttpStatus == StatusCodes.Status401Unauthorized) http.Response.Headers.WWWAuthenticate = route.Policy switch { AccessPolicy.Owner => "Bearer", AccessPolicy.Webhook => "Rlhf-Webhook", _ => "Rlhf-Invite" };
                return Problems.From(known, known.HttpStatus == StatusCodes.Status401Unauthorized && route.Policy == AccessPolicy.Owner ? owner.SignInPath : null);
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Problems.From(RequestDefence.TooLarge(route));
            case OperationCanceledException when http.RequestAborted.IsCancellationRequested:
                return Results.StatusCode(StatusCodes.Status499ClientClosedRequest);
            default:
                logger.RequestFailed(route.Name, http.TraceIdentifier, exception);
                return Problems.Unknown(http.TraceIdentifier);
        }
    }

    private static void LimitBody(HttpContext http, ApiRoute route)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = route.MaximumBody;
        http.Request.Body = new LimitedStream(http.Request.Body, route.MaximumBody, () => RequestDefence.TooLarge(route));
    }
}

internal static partial class Logs
{
    [LoggerMessage(Level = LogLevel.Error, Message = "{Route} failed (trace {TraceId}).")]
    public static partial void RequestFailed(this ILogger logger, string route, string traceId, Exception exception);
}
