using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Rlhf.Campaigns;
using Rlhf.Web.Contracts;
using Rlhf.Web.Routing;
using static Rlhf.Web.AccessPolicy;

namespace Rlhf.Web.Routes;

/// <summary>A campaign's rules of labeling, seen and changed while it goes on.</summary>
internal static class SettingsRoutes
{
    private static readonly ChangeableSettings Defaults = ChangeableSettings.Of(new() { Id = CampaignId.From("defaults"), Title = "", Generators = [] });

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("GET", "api/settings", Owner, "readDefaultSettings", "What a campaign's settings are where nothing is said.", context => Task.FromResult(context.Ok(Defaults))) { Response = typeof(ChangeableSettings) },
        new("GET", "api/campaigns/{campaign}/settings", Owner, "readSettings", "The rules of labeling, and who changed them when.", ReadAsync) { Response = typeof(SettingsResponse) },
        new("PATCH", "api/campaigns/{campaign}/settings", Owner, "changeSettings",
            "Changes the settings that are named, null being a value; the rest stays. With If-Match only if nobody changed them since. Answers a prompt, scale and way of judging stay as they are.", ChangeAsync)
        { Request = typeof(ChangeableSettings), Response = typeof(SettingsResponse) },
    ];

    private static async Task<IResult> ReadAsync(RouteContext context) => Answer(context, await context.Get<CampaignStore>().GetAsync(context.Campaign, context.Cancellation));

    private static async Task<IResult> ChangeAsync(RouteContext context)
    {
        var patch = await context.ReadAsync<JsonObject>();
        return Answer(context, await context.Get<SettingsService>().ChangeAsync(context.Campaign, patch, ExpectedVersion(context.Request), context.OwnerName, context.Cancellation));
    }

    private static IResult Answer(RouteContext context, Campaign campaign)
    {
        var response = SettingsResponse.Of(campaign);
        context.Response.Headers.ETag = $"\"{response.Version}\"";
        return context.Ok(response);
    }

    private static string? ExpectedVersion(HttpRequest request) =>
        request.Headers.IfMatch.ToString().Trim() is { Length: > 0 } and not "*" ? request.Headers.IfMatch.ToString().Trim().Trim('"') : null;
}
